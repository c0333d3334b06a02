import { commonStyles, type Look } from '../sign-in/look.ts';

export const googleLook: Look = {
  brand: 'Google',
  chooserTitle: 'Choose an account',
  chooserLead: (client) => `to continue to ${client}`,
  consentTitle: (client) => `${client} wants access to your account`,
  consentLead: 'Select what the app can access',
  allow: 'Continue',
  deny: 'Cancel',
  styles: `
:root {
  color-scheme: light dark; --font: Arial, "Helvetica Neue", sans-serif; --round: 999px;
  --ground: #f0f4f9; --card: #ffffff; --ink: #1f1f1f; --quiet: #444746; --hair: #dadce0; --line: #747775;
  --accent: #0b57d0; --on-accent: #ffffff; --link: #0b57d0; --hover: #f2f6fc; --focus: #a8c7fa;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #1e1f20; --card: #0e0e0e; --ink: #e3e3e3; --quiet: #c4c7c5; --hair: #444746; --line: #8e918f;
    --accent: #a8c7fa; --on-accent: #062e6f; --link: #a8c7fa; --hover: #1b2130; --focus: #d3e3fd;
  }
}
${commonStyles}
main { max-width: 34rem; }
.card { border: 0; border-radius: 28px; padding: 2.25rem; }
.brand { font-size: 1.25rem; letter-spacing: -.02em; }
h1 { font-size: 1.75rem; font-weight: 400; }
@media (max-width: 30rem) { .card { padding: 1.5rem 1.25rem; } }
`,
};
