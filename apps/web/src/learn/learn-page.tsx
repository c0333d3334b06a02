import { Link } from 'react-router';

const rooms = [
  {
    to: '/learn/flow',
    name: 'Flow',
    text: 'Every message of your own sign-in, of each call and of each refresh, as it was sent, between browser, BFF, provider and API.',
  },
  {
    to: '/learn/tokens',
    name: 'Tokens',
    text: 'What is in the tokens that the server holds for you, claim by claim, and a decoder for any JWT that never leaves this page.',
  },
  {
    to: '/learn/lab',
    name: 'Attack lab',
    text: 'Run the same attacks on an app that keeps its tokens in localStorage and on this one. See what the attacker’s server receives.',
  },
  {
    to: '/learn/explained',
    name: 'JWT and OAuth explained',
    text: 'Who is who in OAuth, what a token says, how it ends and is renewed: each beside the real thing in this session.',
  },
  {
    to: '/learn/states',
    name: 'When something goes wrong',
    text: 'Every failure that people can meet, in the words that they meet: what happened, what is safe, what to do.',
  },
] as const;

export function LearnPage() {
  return (
    <>
      <title>Learn · Coatcheck demo</title>
      <div className="stack">
        <h1>See how it works</h1>
        <p>Nothing here is a drawing of how it might be. It is what this app does, with your own session.</p>
      </div>
      <ul className="plain pair room-cards">
        {rooms.map(({ to, name, text }) => (
          <li key={to} className="card">
            <h2>
              <Link to={to}>{name}</Link>
            </h2>
            <p>{text}</p>
          </li>
        ))}
      </ul>
    </>
  );
}
