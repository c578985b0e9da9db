import type { AuditCase, AuditClass } from "../case.ts";
import type { Header } from "../exchange.ts";
import { collectionOf, createItem, credentials, readList } from "../scene.ts";

export const identityHeaderCases: AuditClass = {
  id: "identity-headers",
  title: "Headers that claim an identity or another path",
  owasp: "API2:2023 Broken Authentication",
  asvs: "4.1.3",
  mend: "Take the identity from the verified credential alone; have the proxy drop these headers.",
  cases(scene) {
    const { attacker, victim } = scene;
    const own = credentials(scene, attacker);
    const { userId, email } = victim.session;
    const assertion = Buffer.from(JSON.stringify({ id: userId, sub: userId, email }));
    const claims: Header[] = [
      ...["X-User-Id", "X-User", "X-UserId", "X_User_Id", "X-Auth-User-Id", "X-Auth-User"].map(
        (name): Header => [name, userId],
      ),
      ...["X-Authenticated-User-Id", "X-Authenticated-UserId", "X-Remote-User", "Remote-User"].map(
        (name): Header => [name, userId],
      ),
      ...["X-Forwarded-User", "X-Authenticated-User", "X-Consumer-Custom-ID", "X-Client-User"].map(
        (name): Header => [name, userId],
      ),
      ["X-Forwarded-Email", email],
      ["X-Auth-Request-Email", email],
      ["X-Auth-Email", email],
      ["X-Goog-Authenticated-User-Email", `accounts.google.com:${email}`],
      ["X-Userinfo", assertion.toString("base64")],
      ["X-Ms-Client-Principal-Id", userId],
      ["X-Impersonate-User", userId],
      ["X-Tenant-Id", userId],
    ];
    const trusted: Header[] = [
      ["X-Forwarded-For", "127.0.0.1"],
      ["X-Real-IP", "127.0.0.1"],
      ["Forwarded", "for=127.0.0.1;host=localhost"],
      ["X-Forwarded-Host", "localhost"],
      ["X-Middleware-Subrequest", "middleware:middleware:middleware:middleware:middleware"],
      ["X-Middleware-Subrequest", "src/middleware:src/middleware:src/middleware:src/middleware"],
      ["X-Internal-Request", "true"],
      ["X-Admin", "true"],
      ["X-Debug", "1"],
    ];
    const rewrites = ["X-Original-URL", "X-Rewrite-URL", "X-Original-URI", "X-Forwarded-Uri"];
    const claimCases = claims.flatMap((header): AuditCase[] => [
      {
        name: `${header[0]} and no credential`,
        request: readList(scene, victim, [header]),
        expect: "refused",
      },
      {
        name: `${header[0]} and the own credential, to read the other's`,
        request: readList(scene, victim, [...own, header]),
        expect: "apart",
      },
      {
        name: `${header[0]} and the own credential, to write as the other`,
        request: createItem(scene, attacker, [...own, header]),
        expect: "apart",
      },
    ]);
    const trustedCases = trusted.map(
      (header): AuditCase => ({
        name: `${header[0]}: ${header[1].slice(0, 40)} and no credential`,
        request: readList(scene, victim, [header]),
        expect: "refused",
      }),
    );
    const rewriteCases = rewrites.flatMap((name): AuditCase[] => [
      {
        name: `${name} with the other's path on one's own`,
        request: readList(scene, attacker, [...own, [name, collectionOf(scene, victim)]]),
        expect: "apart",
      },
      {
        name: `${name} with the own path on the other's`,
        request: readList(scene, victim, [...own, [name, collectionOf(scene, attacker)]]),
        expect: "apart",
      },
      {
        name: `${name} with a public path and no credential`,
        request: readList(scene, victim, [[name, "/healthz"]]),
        expect: "refused",
      },
    ]);
    return [...claimCases, ...trustedCases, ...rewriteCases];
  },
};
