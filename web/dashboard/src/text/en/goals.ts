// Texts of `src/pages/goals`.
// To do: its components still hold their texts (`tests/text/literals.test.js`).

export const goals = {};
