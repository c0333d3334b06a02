import { commonStyles, type Look } from '../sign-in/look.ts';

export const gitHubLook: Look = {
  brand: 'GitHub',
  chooserTitle: 'Select an account',
  chooserLead: (client) => `to continue to ${client}`,
  consentTitle: (client) => `Authorize ${client}`,
  consentLead: 'The app wants to:',
  allow: 'Authorize',
  deny: 'Cancel',
  styles: `
:root {
  color-scheme: light dark; --font: -apple-system, "Segoe UI", "Noto Sans", Helvetica, Arial, sans-serif;
  --round: 6px; --ground: #f6f8fa; --card: #ffffff; --ink: #1f2328; --quiet: #59636e; --hair: #d1d9e0;
  --line: #818b98; --accent: #1a7f37; --on-accent: #ffffff; --link: #25292e; --hover: #f6f8fa; --focus: #0969da;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #0d1117; --card: #151b23; --ink: #f0f6fc; --quiet: #9198a1; --hair: #3d444d; --line: #656c76;
    --accent: #238636; --on-accent: #ffffff; --link: #f0f6fc; --hover: #212830; --focus: #4493f8;
  }
}
${commonStyles}
body { font-size: .9375rem; }
main { max-width: 27rem; }
.card { border-radius: 6px; padding: 1.5rem; }
.brand { text-align: center; font-size: 1.25rem; }
h1 { font-size: 1.375rem; font-weight: 400; text-align: center; }
.card > .quiet { text-align: center; }
.face { border-radius: 6px; background: #57606a; color: #ffffff; }
`,
};
