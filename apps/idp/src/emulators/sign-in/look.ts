/** How the pages of an emulated provider look, and what they say. No brand's own art: words and colours. */
export interface Look {
  readonly brand: string;
  /** The whole style sheet. */
  readonly styles: string;
  readonly chooserTitle: string;
  readonly chooserLead: (client: string) => string;
  readonly consentTitle: (client: string) => string;
  readonly consentLead: string;
  readonly allow: string;
  readonly deny: string;
}

/** What all brands share; each sets the variables and adds its own rules. */
export const commonStyles = `
* { box-sizing: border-box; }
body {
  margin: 0; min-height: 100vh; min-height: 100svh; display: flex; flex-direction: column; align-items: center;
  background: var(--ground); color: var(--ink); font: 1rem/1.5 var(--font);
}
.emulated {
  align-self: stretch; margin: 0; padding: .5rem 1rem; text-align: center; font-size: .875rem; font-weight: 600;
  background: #3a2a00; color: #ffe9b0;
}
main { width: calc(100% - 2rem); margin: auto; padding: 2rem 0; }
.card { background: var(--card); border: 1px solid var(--hair); }
.brand { margin: 0 0 1rem; font-weight: 700; }
.brand small { font-size: .75rem; font-weight: 600; color: var(--quiet); }
h1 { margin: 0 0 .5rem; line-height: 1.25; text-wrap: balance; }
p { margin: 0 0 1rem; }
.quiet { color: var(--quiet); }
code { font: .875em/1.5 ui-monospace, "SFMono-Regular", Menlo, Consolas, monospace; overflow-wrap: anywhere; }
ul { margin: 0 0 1.5rem; padding: 0; list-style: none; }
button { font: inherit; cursor: pointer; color: inherit; }
.account {
  display: flex; align-items: center; gap: .75rem; width: 100%; min-height: 3.5rem; padding: .625rem .5rem;
  text-align: left; background: transparent; border: 0; border-bottom: 1px solid var(--hair);
}
.account:hover { background: var(--hover); }
.account span { display: block; min-width: 0; overflow-wrap: anywhere; }
.account .about { font-size: .8125rem; color: var(--quiet); }
.face {
  flex: none; display: grid !important; place-items: center; width: 2rem; height: 2rem; border-radius: 50%;
  background: var(--accent); color: var(--on-accent); font-weight: 600;
}
.scopes li { display: flex; gap: .75rem; padding: .625rem 0; border-bottom: 1px solid var(--hair); }
.scopes input { flex: none; width: 1.125rem; height: 1.125rem; margin: .2rem 0 0; accent-color: var(--accent); }
.scopes code { display: block; color: var(--quiet); }
.buttons { display: flex; flex-wrap: wrap; gap: .75rem; justify-content: flex-end; }
.buttons button {
  min-height: 2.75rem; padding: .5rem 1.25rem; font-weight: 600; border: 1px solid var(--accent);
  border-radius: var(--round); background: var(--accent); color: var(--on-accent);
}
.buttons .second { background: transparent; color: var(--link); border-color: var(--line); }
:focus-visible { outline: 3px solid var(--focus); outline-offset: 2px; }
`;
