/** For whoever comes without JavaScript, in place of a form that would do nothing. */
export function NeedsScript() {
  return (
    <noscript>
      <p className="text-body text-quiet">
        This form needs JavaScript. Switch it on for this site, then reload the page.
      </p>
    </noscript>
  );
}
