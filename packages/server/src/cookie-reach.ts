interface Addresses {
  webUrl: string;
  apiUrl: string;
  cookieDomain: string | undefined;
}

/** The api sees a session only if the browser sends it the web app's cookie (RFC 6265 5.1.3, 5.4). */
export function requireCookieToReachApi(server: string, addresses: Addresses): void {
  const { webUrl, apiUrl, cookieDomain } = addresses;
  const [web, api] = [new URL(webUrl), new URL(apiUrl)];
  const where = `BETTER_AUTH_URL ${webUrl} and API_URL ${apiUrl}`;
  const refuse = (why: string) => new Error(`Cannot start the ${server}: ${why}`);
  if (web.protocol !== api.protocol) {
    throw refuse(
      `${where} must both be http or both https, or the session cookie never reaches the api.`,
    );
  }
  if (cookieDomain === undefined) {
    if (web.hostname === api.hostname) return;
    throw refuse(
      `the session cookie of ${web.hostname} never reaches ${api.hostname}; give ${where} the same host name (localhost and 127.0.0.1 are two), or set COOKIE_DOMAIN to a domain above both.`,
    );
  }
  for (const { hostname } of [web, api]) {
    if (hostname === cookieDomain || hostname.endsWith(`.${cookieDomain}`)) continue;
    throw refuse(
      `COOKIE_DOMAIN ${cookieDomain} does not cover ${hostname}; set it to a domain above BETTER_AUTH_URL and API_URL.`,
    );
  }
}
