export {
  type JwkSetOptions,
  type JwtOptions,
  jwt,
  type SharedSecretOptions,
} from "./core/token/token-scheme.ts";
