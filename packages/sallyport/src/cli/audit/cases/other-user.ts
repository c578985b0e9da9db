import type { AuditCase, AuditClass } from "../case.ts";
import { namesItem } from "../routes.ts";
import { callRoute, credentials } from "../scene.ts";

export const otherUserCases: AuditClass = {
  id: "other-user",
  title: "Every route with another user's identity",
  owasp: "API1:2023 Broken Object Level Authorization",
  asvs: "8.2.2",
  mend: "Compare the path's owner with the verified identity, and have the owner in every query.",
  cases(scene) {
    const { attacker, victim, routes } = scene;
    const own = credentials(scene, attacker);
    const unknownOwner = {
      ...victim,
      session: { ...victim.session, userId: "nobody-has-this-id-000000000000" },
    };
    return routes.flatMap((route): AuditCase[] => {
      const name = `${route.method} ${route.template}`;
      const onPath: AuditCase = {
        name: `${name}: the other's path`,
        request: callRoute(route, { owner: victim, item: victim.canary }, own),
        expect: "apart",
      };
      const unsigned: AuditCase = {
        name: `${name}: without a credential`,
        asvs: "8.3.1",
        request: callRoute(route, { owner: victim, item: victim.canary }, []),
        expect: "refused",
      };
      if (!namesItem(route.template)) return [onPath, unsigned];
      return [
        onPath,
        unsigned,
        {
          name: `${name}: the own path, the other's item`,
          asvs: "8.4.1",
          request: callRoute(route, { owner: attacker, item: victim.canary }, own),
          expect: "apart",
        },
        {
          name: `${name}: the other's path, the own item`,
          asvs: "8.4.1",
          request: callRoute(route, { owner: victim, item: attacker.canary }, own),
          expect: "apart",
        },
        {
          name: `${name}: nobody's path, the other's item`,
          asvs: "8.4.1",
          request: callRoute(route, { owner: unknownOwner, item: victim.canary }, own),
          expect: "apart",
        },
      ];
    });
  },
};
