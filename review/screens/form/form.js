// Forms about one recording: the review with its checklists, and the coaching session. What people do goes through the
// outbox; what holds is fetched from the server again after each answer of it.

import { Coaching } from "./coaching.js";
import { Review } from "./review.js";

const VIEWS = { review: Review, coaching: Coaching };
const forms = new WeakMap();

export default function (component) {
  const { parentElement, data, setTriggerValue } = component;
  const shown = forms.get(parentElement);
  if (shown?.state.recording === data.recording && shown?.state.view === data.view) {
    shown.tellPage = setTriggerValue;
    shown.learn(data);
  } else {
    shown?.close();
    forms.set(parentElement, new VIEWS[data.view](component));
  }
  return () => {
    forms.get(parentElement)?.close();
    forms.delete(parentElement);
  };
}
