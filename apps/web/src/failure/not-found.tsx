import { Link } from 'react-router';

export function NotFound() {
  return (
    <div className="stack">
      <title>Not found · Coatcheck demo</title>
      <h1>There is no page here</h1>
      <p>The address may be old or mistyped. Nothing is wrong with your session.</p>
      <Link to="/" className="button">
        To the start
      </Link>
    </div>
  );
}
