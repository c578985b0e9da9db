// Runs in the browser, on /docs, after Swagger UI's own script.
const contract = await (await fetch("/openapi.json")).json();

const userId = new URLSearchParams(location.search).get("user_id");
if (userId) {
  for (const operation of Object.values(contract.paths).flatMap(Object.values)) {
    for (const parameter of operation.parameters ?? []) {
      if (parameter.name === "user_id") parameter.example = userId;
    }
  }
}

const schemes = Object.values(contract.components.securitySchemes);
const usesCookie = schemes.some((scheme) => scheme.in === "cookie");
// A page cannot set the session's cookie, and need not: the browser has it, or there is no session.
const withoutAuthorizeButtons = () => ({
  wrapComponents: {
    authorizeBtn: () => () => null,
    authorizeOperationBtn: () => () => null,
  },
});

SwaggerUIBundle({
  domNode: document.querySelector("main"),
  spec: contract,
  withCredentials: usesCookie,
  plugins: usesCookie ? [withoutAuthorizeButtons] : [],
  tryItOutEnabled: true,
  deepLinking: true,
  // Its badge would send the contract's address to a server of Swagger's.
  validatorUrl: null,
});
