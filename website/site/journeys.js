const form = document.querySelector('#question');
const status = document.querySelector('#status');
const list = document.querySelector('#journeys');
const UNREACHABLE = 'The hub does not answer. Is it running?';

/** Asks the API, polling while the answer is being computed. Throws with the problem's detail. */
async function ask(question, signal) {
  let response = await fetch('/v1/reports/journey-frequency', {
    method: 'POST',
    headers: { 'content-type': 'application/json', prefer: 'wait=10' },
    body: JSON.stringify(question),
    signal,
  });
  while (response.status === 202) {
    const { poll } = await response.json();
    response = await fetch(poll, { headers: { prefer: 'wait=10' }, signal });
  }
  const body = await response.json();
  if (!response.ok) throw new Error(body.detail);
  return body;
}

function element(name, className, ...children) {
  const node = document.createElement(name);
  if (className) node.className = className;
  node.append(...children);
  return node;
}

function journeyItem({ steps, count, share }, question, largest) {
  const anchor = question.as === 'end' ? steps.length - 1 : 0;
  const path = element(
    'div',
    'steps',
    ...steps.map((step, index) => element('span', index === anchor ? 'step anchor' : 'step', step)),
  );
  const meter = element('meter');
  meter.max = largest;
  meter.value = share;
  const text = `${count.toLocaleString()} ${count === 1 ? 'customer' : 'customers'}, ${share.toLocaleString(undefined, { style: 'percent', maximumFractionDigits: 1 })}`;
  meter.setAttribute('aria-label', text);
  return element('li', '', path, element('div', 'share', meter, text));
}

let running;
async function show() {
  running?.abort();
  running = new AbortController();
  const { signal } = running;
  const fields = new FormData(form);
  const question = {
    event: fields.get('event'),
    as: fields.get('as'),
    steps: Number(fields.get('steps')),
    top: Number(fields.get('top')),
  };
  status.textContent = 'Asking…';
  try {
    const { journeys, customers } = await ask(question, signal);
    const side = question.as === 'end' ? 'end with' : 'start from';
    status.textContent = `${customers.toLocaleString()} customers had the event; the ${journeys.length} most frequent journeys that ${side} it:`;
    const largest = journeys[0]?.share ?? 1;
    list.replaceChildren(...journeys.map((journey) => journeyItem(journey, question, largest)));
  } catch (error) {
    if (signal.aborted) return;
    list.replaceChildren();
    status.textContent = error instanceof TypeError ? UNREACHABLE : error.message;
  }
}

form.addEventListener('submit', (event) => {
  event.preventDefault();
  show();
});

/** Fills in the question this hub is asked first, and asks it. */
async function begin() {
  try {
    const { name, firstQuestion } = await (await fetch('/v1/hub')).json();
    document.title = `${name} · Journey Hub`;
    document.querySelector('#name').textContent = name;
    for (const [field, value] of Object.entries(firstQuestion ?? {})) form.elements[field].value = value;
  } catch {
    status.textContent = UNREACHABLE;
    return;
  }
  if (form.elements.event.value !== '') await show();
}
begin();
