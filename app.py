"""The review app: `streamlit run app.py`."""

import streamlit as st

from review import web

# Streamlit looks for these very words in this file; an app made elsewhere would be served without its gate.
app = st.App("review/screens/main.py", **web.options())
