// Texts of `src/pages/funnels`.
// To do: its components still hold their texts (`tests/text/literals.test.js`).

export const funnels = {};
