import { commonStyles, type Look } from '../sign-in/look.ts';

export const facebookLook: Look = {
  brand: 'Facebook',
  chooserTitle: 'Log in',
  chooserLead: (client) => `Choose who continues to ${client}.`,
  consentTitle: (client) => `${client} is requesting access to`,
  consentLead: 'You can choose what to share:',
  allow: 'Continue',
  deny: 'Cancel',
  styles: `
:root {
  color-scheme: light dark; --font: "Segoe UI", Helvetica, Arial, sans-serif; --round: 8px;
  --ground: #f0f2f5; --card: #ffffff; --ink: #080809; --quiet: #5b5f65; --hair: #dadde1; --line: #8a8d91;
  --accent: #0866ff; --on-accent: #ffffff; --link: #0a52c6; --hover: #f0f2f5; --focus: #0866ff;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #18191a; --card: #242526; --ink: #e4e6eb; --quiet: #b0b3b8; --hair: #3e4042; --line: #8a8d91;
    --accent: #0866ff; --on-accent: #ffffff; --link: #8ab4ff; --hover: #303132; --focus: #8ab4ff;
  }
}
${commonStyles}
main { max-width: 25rem; }
.card { border: 0; border-radius: 8px; padding: 1.25rem; box-shadow: 0 2px 4px rgb(0 0 0 / 10%), 0 8px 16px rgb(0 0 0 / 10%); }
.brand { font-size: 1.5rem; letter-spacing: -.02em; color: var(--link); }
h1 { font-size: 1.25rem; }
.buttons { flex-direction: column-reverse; }
.buttons button { width: 100%; }
`,
};
