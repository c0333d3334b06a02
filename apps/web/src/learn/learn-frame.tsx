import { NavLink, Outlet } from 'react-router';
import { useTexts } from '../language/language.tsx';
import { useLearnWords } from './words/use-learn-words.ts';
import './learn.css';

const rooms = ['flow', 'tokens', 'lab', 'explained', 'states'] as const;

/** The pages that explain what happens here, with the way between them. */
export function LearnFrame() {
  const { shell } = useTexts();
  const { names } = useLearnWords();
  return (
    <div className="page learn">
      <nav aria-label={shell.learn} className="rooms">
        <ul className="plain">
          {rooms.map((room) => (
            <li key={room}>
              <NavLink to={`/learn/${room}`}>{names[room]}</NavLink>
            </li>
          ))}
        </ul>
      </nav>
      <Outlet />
    </div>
  );
}
