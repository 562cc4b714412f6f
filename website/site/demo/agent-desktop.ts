/**
 * Imitates the desktop of a call agent: a page of another system that puts widgets around the customer at hand. Its address says
 * where the hub is (`?hub=https://hub.example`; by default where the page is from), who is on the line (`&customer=`), and where on
 * its own origin it gets tokens (`&tokens=/hub-token`; by default it has none).
 */
interface Widgets {
  configure(settings: { hub: string; token?: (renew: boolean) => Promise<string | undefined> }): void;
}

const params = new URLSearchParams(location.search);
const hub = new URL(params.get('hub') ?? '/', location.href).origin;
const tokens = params.get('tokens');
const element = <Kind extends HTMLElement>(id: string) => document.getElementById(id) as Kind;

let token: Promise<string> | undefined;

/** The desktop's own server knows who is signed in, and gets a short-lived token of the hub for them. */
async function tokenOf(renew: boolean): Promise<string> {
  if (renew) token = undefined;
  token ??= fetch(new URL(tokens ?? '', location.origin), { method: 'POST' }).then((response) => response.text());
  return token;
}

function take(customer: string): void {
  element<HTMLInputElement>('customer').value = customer;
  for (const widget of document.querySelectorAll('[customer]')) widget.setAttribute('customer', customer);
}

function note(event: Event): void {
  const line = document.createElement('li');
  line.textContent = `${event.type}: ${JSON.stringify((event as CustomEvent).detail)}`;
  element('log').append(line);
}

element<HTMLFormElement>('call').addEventListener('submit', (event) => {
  event.preventDefault();
  take(element<HTMLInputElement>('customer').value.trim());
});
for (const type of ['customer-select', 'journey-select', 'hub-error']) document.addEventListener(type, note);
document.addEventListener('customer-select', (event) =>
  take((event as CustomEvent<{ customer: string }>).detail.customer),
);
take(params.get('customer') ?? '');

async function load(): Promise<void> {
  try {
    const { configure } = (await import(/* @vite-ignore */ `${hub}/widgets.js`)) as Widgets;
    configure({ hub, ...(tokens !== null && { token: tokenOf }) });
  } catch {
    element('notice').textContent = `The widgets could not be loaded from ${hub}.`;
  }
}

void load();
