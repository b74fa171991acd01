customElements.define("se-header",class extends HTMLElement{connectedCallback(){this.dataset.engine="4.11"}});
