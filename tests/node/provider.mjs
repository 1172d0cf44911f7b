// A provider of OpenID Connect on this machine, whose form lets everybody in under any name.
//
//   node provider.mjs '{"redirect": "http://...", "people": {"mira": {"email": "..."}}}'
//
// It prints its own address, and ends when its input does.
import { generateKeyPairSync, randomUUID } from "node:crypto";
import { createServer } from "node:http";
import Provider from "oidc-provider";

const { redirect, people } = JSON.parse(process.argv[2]);
const key = (type, options, alg) => ({
  ...generateKeyPairSync(type, options).privateKey.export({ format: "jwk" }),
  alg,
  use: "sig",
});
const client = (client_id, id_token_signed_response_alg) => ({
  client_id,
  client_secret: "of the desk",
  redirect_uris: [redirect],
  id_token_signed_response_alg,
});

const server = createServer();
server.listen(0, "127.0.0.1", () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients: [client("rsa", "RS256"), client("elliptic", "ES256")],
    jwks: {
      keys: [
        key("rsa", { modulusLength: 2048 }, "RS256"),
        key("ec", { namedCurve: "P-256" }, "ES256"),
      ],
    },
    cookies: { keys: [randomUUID()] },
    claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["preferred_username"] },
    enabledJWA: { idTokenSigningAlgValues: ["RS256", "ES256"] },
    pkce: { required: () => true },
    findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, ...people[id] }) }),
  });
  server.on("request", provider.callback());
  console.log(issuer);
});
process.stdin.on("end", () => process.exit()).resume();
