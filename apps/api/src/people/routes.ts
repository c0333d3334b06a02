import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox';
import { type PeopleStore, Person } from './store.ts';

const querystring = Type.Object({
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500, description: 'Default: 100' })),
});
const Users = Type.Object({ users: Type.Array(Person), total: Type.Integer() });

/** `GET /api/admin/users`: everybody whom the API has seen, for administrators. */
export const peopleRoutes: FastifyPluginAsyncTypebox<{ people: PeopleStore }> = async (app, { people }) => {
  app.get(
    '/api/admin/users',
    {
      config: { access: { scopes: ['admin'], roles: ['admin'] } },
      schema: { summary: 'Everybody the API has seen', querystring, response: { 200: Users } },
    },
    async ({ query: { limit = 100 } }) => {
      const { people: users, total } = people.list(limit);
      return { users, total };
    },
  );
};
