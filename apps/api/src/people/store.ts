import type { DatabaseSync } from 'node:sqlite';
import type { Principal } from '@coatcheck/resource-server';
import { type Static, Type } from '@fastify/type-provider-typebox';
import { Compile } from 'typebox/compile';

/** Somebody who called this API. Times are ISO 8601. */
export const Person = Type.Object({
  issuer: Type.String(),
  subject: Type.String(),
  name: Type.Union([Type.String(), Type.Null()]),
  email: Type.Union([Type.String(), Type.Null()]),
  notes: Type.Integer({ description: 'How many' }),
  lastSeen: Type.String(),
});
export type Person = Static<typeof Person>;

/** Who called this API. */
export interface PeopleStore {
  saw(principal: Principal): void;
  /** The last ones to call come first. */
  list(limit: number): { people: Person[]; total: number };
}

const Row = Compile(
  Type.Object({
    issuer: Type.String(),
    subject: Type.String(),
    name: Type.Union([Type.String(), Type.Null()]),
    email: Type.Union([Type.String(), Type.Null()]),
    notes: Type.Integer(),
    last_seen: Type.Integer(),
  }),
);
const Count = Compile(Type.Object({ total: Type.Integer() }));

/** `lastSeen` is this coarse (milliseconds), so that not every call is a write. */
const precision = 60_000;

/** Keeps them in a database that `openDatabase()` opened. */
export function createPeopleStore(database: DatabaseSync, clock: () => number): PeopleStore {
  const saw = database.prepare(
    `INSERT INTO people (issuer, subject, name, email, last_seen) VALUES (:issuer, :subject, :name, :email, :now)
     ON CONFLICT (issuer, subject) DO UPDATE SET
       name = coalesce(excluded.name, name), email = coalesce(excluded.email, email), last_seen = excluded.last_seen
     WHERE excluded.last_seen >= last_seen + ${precision}
       OR coalesce(excluded.name, name) IS NOT name OR coalesce(excluded.email, email) IS NOT email`,
  );
  const list = database.prepare(
    `SELECT issuer, subject, name, email, last_seen,
       (SELECT count(*) FROM notes WHERE notes.issuer = people.issuer AND notes.subject = people.subject
        AND deleted_at IS NULL) AS notes
     FROM people ORDER BY last_seen DESC, issuer, subject LIMIT :limit`,
  );
  const count = database.prepare('SELECT count(*) AS total FROM people');

  return {
    saw({ issuer, subject, claims }) {
      saw.run({ issuer, subject, name: text(claims.name), email: text(claims.email), now: clock() });
    },
    list(limit) {
      const people = list.all({ limit }).map((found) => {
        const { last_seen, ...row } = Row.Parse(found);
        return { ...row, lastSeen: new Date(last_seen).toISOString() };
      });
      return { people, total: Count.Parse(count.get()).total };
    },
  };
}

function text(claim: unknown): string | null {
  return typeof claim === 'string' && claim !== '' ? claim.slice(0, 320) : null;
}
