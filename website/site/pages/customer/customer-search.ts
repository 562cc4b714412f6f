import { LitElement, html, nothing } from 'lit';
import { state } from 'lit/decorators.js';
import type { CustomerSearchAnswer } from '../../../../schemas/customer-search';
import { count } from '../../../api/formats';
import { Answer } from '../../../parts/answer';
import { controls } from '../../../style/controls';
import { hub } from '../../hub';
import { hrefOf } from '../../router';

/** Finds customers; what is told of them is masked. */
export class CustomerSearch extends LitElement {
  static override styles = controls;

  @state() private text = '';

  private readonly found = new Answer(this, {
    args: () => [this.text] as const,
    task: async ([text], { signal }) =>
      text === ''
        ? undefined
        : hub.ask<CustomerSearchAnswer>('/v1/customers/search', { method: 'POST', body: { text }, signal }),
  });

  protected override render() {
    return html`<section class="panel stack" aria-label="Search">
      <form class="row" role="search" @submit=${this.search}>
        <label>
          Id, phone or e-mail
          <input name="text" type="search" required minlength="3" maxlength="200" autocomplete="off" />
        </label>
        <button class="primary">Find</button>
      </form>
      ${
        this.text === ''
          ? nothing
          : this.found.show(
              (answer) => (answer === undefined ? nothing : this.table(answer)),
              (answer) => (answer?.customers.length === 0 ? 'Nobody is known by this.' : undefined),
            )
      }
    </section>`;
  }

  private readonly search = (event: SubmitEvent): void => {
    event.preventDefault();
    this.text = String(new FormData(event.target as HTMLFormElement).get('text')).trim();
  };

  private table({ customers, more }: CustomerSearchAnswer) {
    return html`<div class="scroll" tabindex="0" role="region" aria-label="Found">
        <table>
          <thead>
            <tr>
              <th>Customer</th>
              <th>Found by</th>
              <th>Name</th>
              <th>E-mail</th>
              <th>Phone</th>
              <th>City</th>
              <th class="number">Profiles</th>
            </tr>
          </thead>
          <tbody>
            ${customers.map(
              ({ customer, by, name, email, phone, city, profiles }) =>
                html`<tr>
                  <td><a href=${hrefOf('customer', { id: customer })}>${customer}</a></td>
                  <td>${by}</td>
                  <td>${name}</td>
                  <td>${email ?? ''}</td>
                  <td>${phone ?? ''}</td>
                  <td>${city ?? ''}</td>
                  <td class="number">${count(profiles)}</td>
                </tr>`,
            )}
          </tbody>
        </table>
      </div>
      ${more ? html`<p class="quiet">There are more: be more precise.</p>` : nothing}`;
  }
}

customElements.define('customer-search', CustomerSearch);
