import { LitElement, html } from 'lit';
import { property } from 'lit/decorators.js';
import { controls } from '../../style/controls';
import { hrefOf } from '../router';
import './customer/customer-identity';
import './customer/customer-journey';
import './customer/customer-propensities';
import './customer/customer-search';
import './customer/similar-customers';

/** One customer: their way across the channels, why they are held to be one person, who is alike, and what may happen next. */
export class CustomerPage extends LitElement {
  static override styles = controls;

  @property({ attribute: false }) params = new URLSearchParams();

  protected override render() {
    const id = this.params.get('id') ?? '';
    return html`<div class="stack">
      <div>
        <h1>Customer</h1>
        <p class="quiet">
          Find somebody by their id, the id that a source knows them by, a phone number or an e-mail address.
        </p>
      </div>
      <customer-search></customer-search>
      ${
        id === ''
          ? ''
          : html`<h2>${id} <a href=${hrefOf('customer')}>Somebody else</a></h2>
              <customer-journey .customer=${id}></customer-journey>
              <div class="columns">
                <customer-propensities .customer=${id}></customer-propensities>
                <similar-journeys .customer=${id}></similar-journeys>
              </div>
              <customer-identity .customer=${id}></customer-identity>`
      }
    </div>`;
  }
}

customElements.define('customer-page', CustomerPage);
