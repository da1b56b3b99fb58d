// Verify badges as a wallet that knows only the issuer's document would, with jose. In: {document, issuer, now, badges}.
// Out: by name, the badge's id or the code of the refusal.
import { createLocalJWKSet, jwtVerify } from "jose";

let text = "";
for await (const part of process.stdin) text += part;
const given = JSON.parse(text);
const allowed = new Set(given.document.assertionMethod);
const keys = given.document.verificationMethod
  .filter((method) => allowed.has(method.id))
  .map((method) => ({ ...method.publicKeyJwk, kid: method.id }));
const find = createLocalJWKSet({ keys });
const answers = {};
for (const [name, badge] of Object.entries(given.badges)) {
  try {
    const { payload } = await jwtVerify(badge, find, {
      algorithms: ["RS256"],
      typ: "JWT",
      issuer: given.issuer,
      currentDate: new Date(given.now),
      requiredClaims: ["nbf", "exp", "jti", "sub"],
    });
    answers[name] = payload.id;
  } catch (error) {
    answers[name] = error.code;
  }
}
process.stdout.write(JSON.stringify(answers));
