/** Ways of writing base64url that decoders may read, and that encoding never gives back. */
export const spellings = [
  "padded",
  "stray bits",
  "standard alphabet",
  "space inside",
  "tab inside",
  "trailing !",
  "percent-encoded padding",
  "a character beyond ASCII",
  "tilde inside",
  "one character more",
] as const;

type Spelling = (typeof spellings)[number];

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/** JSON gets white space, which means nothing, where its length would leave no room for the trick. */
export function respell(content: string | Buffer, how: Spelling): string {
  if (typeof content === "string") return respell(Buffer.from(roomy(content, how)), how);
  const encoded = content.toString("base64url");
  const inside = (text: string) => `${encoded.slice(0, 5)}${text}${encoded.slice(5)}`;
  switch (how) {
    case "padded":
      return encoded + "=".repeat((4 - (encoded.length % 4)) % 4);
    case "stray bits": {
      const last = alphabet.indexOf(encoded.slice(-1));
      return encoded.slice(0, -1) + alphabet.charAt(last + 1);
    }
    case "standard alphabet":
      return encoded.replaceAll("-", "+").replaceAll("_", "/");
    case "space inside":
      return inside(" ");
    case "tab inside":
      return inside("\t");
    case "tilde inside":
      return inside("~");
    case "trailing !":
      return `${encoded}!`;
    case "percent-encoded padding":
      return `${encoded}%3D`;
    case "a character beyond ASCII":
      return inside("\u00e9");
    case "one character more":
      return encoded.length % 4 === 0
        ? `${encoded}A`
        : `${encoded}${"A".repeat(5 - (encoded.length % 4))}`;
  }
}

function roomy(json: string, how: Spelling): string {
  const differing = how === "standard alphabet" ? json.replace(/}$/, ',"x":"???????"}') : json;
  return differing.padEnd(differing.length + ((4 - (Buffer.byteLength(differing) % 3)) % 3));
}
