export interface TokenRules {
  secret: string;
  issuer: string;
  audience: string;
}
