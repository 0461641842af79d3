// The scene of the clip: a kettle pours through a cone into a carafe. Drawn for any moment, so that every run gives the same.

export const WIDTH = 640;
export const HEIGHT = 360;
export const SECONDS = 12;

const COLOURS = {
  wall: '#f4dfd2',
  table: '#d9a983',
  clay: '#c4613f',
  dark: '#8f3f25',
  steel: '#aeb6bc',
  shade: '#7f878e',
  wood: '#8c5f38',
  glass: '#ffffff66',
  edge: '#7b98a3',
  coffee: '#3d2a22',
  foam: '#9b7150',
  water: '#8fc3d6',
  ink: '#3d3430',
};

/** From 0 to 1 between two moments, gently. */
const between = (from, to, now) => {
  const share = Math.min(1, Math.max(0, (now - from) / (to - from)));
  return share * share * (3 - 2 * share);
};

const CARAFE = new Path2D(
  'M262 200h116q-6 22 14 46 16 20 16 42 0 32-34 32H266q-34 0-34-32 0-22 16-42 20-24 14-46z',
);
const CONE = new Path2D('M236 104h168l-54 78q-6 10-18 10h-24q-12 0-18-10z');
const KETTLE = new Path2D('M-10-46h74l14 74q2 14-12 14h-80q-14 0-12-14z');
const SPOUT = new Path2D('M-20 24C-60 24-52-30-74-36l-10 2');

const fill = (canvas, path, colour) => {
  canvas.fillStyle = colour;
  canvas.fill(path);
};

const line = (canvas, path, colour, width) => {
  Object.assign(canvas, { strokeStyle: colour, lineWidth: width, lineCap: 'round', lineJoin: 'round' });
  canvas.stroke(path);
};

const carafe = (canvas, level) => {
  fill(canvas, CARAFE, COLOURS.glass);
  canvas.save();
  canvas.clip(CARAFE);
  canvas.fillStyle = COLOURS.coffee;
  canvas.fillRect(220, 320 - level, 200, level);
  canvas.restore();
  line(canvas, CARAFE, COLOURS.edge, 3);
};

const cone = (canvas, full) => {
  canvas.fillStyle = COLOURS.foam;
  canvas.beginPath();
  canvas.ellipse(320, 106, 74, 5 + 11 * full, 0, Math.PI, 0);
  canvas.fill();
  fill(canvas, CONE, COLOURS.clay);
  fill(canvas, new Path2D('M236 104h26l40 88h-6q-12 0-18-10z'), '#8f3f2577');
  line(canvas, new Path2D('M228 102h184M288 196h64'), COLOURS.dark, 12);
  line(canvas, new Path2D('M398 122q30 0 26 22-4 18-40 16'), COLOURS.clay, 10);
};

const kettle = (canvas, x, y, turn) => {
  canvas.save();
  canvas.translate(x, y);
  canvas.rotate(turn);
  line(canvas, new Path2D('M58-34c44-8 50 18 44 38-4 12-12 20-22 24'), COLOURS.wood, 12);
  line(canvas, SPOUT, COLOURS.shade, 8);
  fill(canvas, KETTLE, COLOURS.steel);
  fill(canvas, new Path2D('M-14-54h82v10h-82z'), COLOURS.shade);
  fill(canvas, new Path2D('M6-54q4-16 21-16t21 16z'), COLOURS.steel);
  canvas.restore();
};

const steam = (canvas, now, strength) => {
  canvas.globalAlpha = 0.45 * strength;
  for (const [at, x] of [290, 320, 350].entries()) {
    const sway = 7 * Math.sin(now * 1.6 + at * 2);
    const wisp = new Path2D(`M${x} 84q${sway - 9}-14 0-26t${-sway} -26`);
    line(canvas, wisp, '#ffffff', 5);
  }
  canvas.globalAlpha = 1;
};

/** Draws the moment. */
export const draw = (canvas, now) => {
  fill(canvas, new Path2D(`M0 0h${WIDTH}v${HEIGHT}H0z`), COLOURS.wall);
  fill(canvas, new Path2D(`M0 318h${WIDTH}v42H0z`), COLOURS.table);
  canvas.save();
  canvas.translate(320, 330);
  canvas.scale(0.88, 0.88);
  canvas.translate(-320, -320);
  const rinse = between(0.7, 1.2, now) - between(2, 2.4, now);
  const bloom = between(2.8, 3.2, now) - between(4, 4.4, now);
  const pour = between(5.5, 6, now) - between(9.6, 10, now);
  const flow = Math.max(rinse, bloom, pour);
  const circle = 26 * Math.sin(now * 3) * pour;
  const away = between(10, 11.4, now);
  const spout = { x: 320 + circle, y: 62 };
  if (flow > 0.05) {
    line(canvas, new Path2D(`M${spout.x} ${spout.y}q-3 12-3 40`), COLOURS.water, 6 * flow);
  }
  steam(canvas, now, between(5, 7, now));
  carafe(canvas, 8 * between(3.4, 5.5, now) + 92 * between(6, 11, now));
  const drips = between(3.4, 3.8, now) - between(11, 11.6, now);
  if (drips > 0.3) {
    const drop = 200 + ((now * 90) % 60);
    line(canvas, new Path2D(`M320 ${drop}v10`), COLOURS.coffee, 5 * drips);
  }
  cone(canvas, Math.max(0.9 * between(2.8, 4.6, now) * (1 - between(10, 12, now)), 0.1));
  kettle(canvas, 404 + circle + 170 * away, 96 - 26 * flow - 10 * away, -0.34 * flow);
  canvas.restore();
};
