// Open shadow roots, which some events do not leave. What is in a closed one nobody sees.

/** While a page changes, it is looked through at most so often. */
const PAUSE_MS = 250;

/** Visits the document and every open shadow root, the first time at once, and again when the page has changed. */
export const roots = (visit: (root: Document | ShadowRoot) => void) => {
  let timer = 0;

  const changes = new MutationObserver(() => later());
  const walk = (root: Document | ShadowRoot): void => {
    visit(root);
    // A root that is observed already is observed once.
    changes.observe(root, { subtree: true, childList: true });
    root.querySelectorAll('*').forEach(({ shadowRoot }) => shadowRoot && walk(shadowRoot));
  };
  const look = (): void => {
    timer = 0;
    walk(document);
  };
  const later = (): void => {
    timer = timer || setTimeout(look, PAUSE_MS);
  };
  look();
  return { look, later };
};
