// Forms about one recording: the review with its checklists, and the coaching session. What people do goes through the
// outbox; what holds is fetched from the server again after each answer of it.

import { Coaching } from "./coaching.js";
import { Review } from "./review.js";

const VIEWS = { review: Review, coaching: Coaching };
const forms = new WeakMap();

export default function (component) {
  const { parentElement, data, setTriggerValue } = component;
  const shown = forms.get(parentElement);
  if (shown && ["recording", "revision", "view"].every((what) => shown.state[what] === data[what])) {
    shown.tellPage = setTriggerValue;
    shown.fetch(); // what the page brought may be older than what this form has seen saved
  } else {
    shown?.close();
    forms.set(parentElement, new VIEWS[data.view](component));
  }
  return () => {
    forms.get(parentElement)?.close();
    forms.delete(parentElement);
  };
}
