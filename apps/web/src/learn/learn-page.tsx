import { Link } from 'react-router';
import { useTexts } from '../language/language.tsx';
import { useLearnWords } from './words/use-learn-words.ts';

const rooms = ['flow', 'tokens', 'lab', 'explained', 'states'] as const;

export function LearnPage() {
  const { shell } = useTexts();
  const words = useLearnWords();
  return (
    <>
      <title>{`${shell.learn} · Coatcheck demo`}</title>
      <div className="stack">
        <h1>{words.title}</h1>
        <p>{words.lead}</p>
      </div>
      <ul className="plain pair room-cards">
        {rooms.map((room) => (
          <li key={room} className="card">
            <h2>
              <Link to={`/learn/${room}`}>{words.rooms[room].name}</Link>
            </h2>
            <p>{words.rooms[room].text}</p>
          </li>
        ))}
      </ul>
    </>
  );
}
