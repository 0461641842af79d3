// Texts of `src/pages/home`.
// To do: its components still hold their texts (`tests/text/literals.test.js`).

export const home = {};
