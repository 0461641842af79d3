// How uPlot is set up for days: axes, band, marks. It knows the drawing, and not where numbers come from.

import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { day } from '../lib/format';

export interface Band {
  low: (number | null)[];
  high: (number | null)[];
}

export interface Line {
  label: string;
  /** By day; null where there is nothing. */
  values: (number | null)[];
  tone: 'headline' | 'micro' | 'neutral';
  /** What it would be by chance alone. */
  band?: Band;
  dashed?: boolean;
}

/** A day on which something was noted, or a definition changed. */
export interface Mark {
  date: string;
  text: string;
}

/** A value on the axis, whose values are so far apart. */
export type Axis = (value: number, step: number) => string;

export interface Plot {
  dates: string[];
  lines: Line[];
  marks: Mark[];
  axis: Axis;
  /** Runs with the day under the pointer, or null. */
  onpoint: (at: number | null) => void;
}

const FONT = '11px ui-sans-serif, system-ui, sans-serif';
const LABEL_PX = 74;

/** A token's colour as the canvas can take it. */
function colour(name: string): string {
  const probe = document.createElement('i');
  probe.style.color = `var(--${name})`;
  document.body.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

const TONES = {
  headline: { line: 'headline', fill: 'headline-soft' },
  micro: { line: 'micro', fill: 'micro-soft' },
  neutral: { line: 'line-strong', fill: 'sunken' },
};

/** Draws, and gives the plot, which the caller destroys. */
export function draw(root: HTMLElement, size: { width: number; height: number }, plot: Plot): uPlot {
  const at = plot.dates.map((_, index) => index);
  const data: (number | null)[][] = [at];
  const series: uPlot.Series[] = [{}];
  const bands: uPlot.Band[] = [];
  // Bands first, so that no line is hidden by one; the first line is on top.
  for (const { band, tone } of plot.lines) {
    if (!band) continue;
    data.push(band.high, band.low);
    series.push(hidden(), hidden());
    bands.push({ series: [data.length - 2, data.length - 1], fill: colour(TONES[tone].fill) });
  }
  for (const { values, tone, dashed } of plot.lines.toReversed()) {
    const stroke = colour(TONES[tone].line);
    data.push(values);
    series.push({
      stroke,
      width: tone === 'neutral' ? 1.25 : 2,
      dash: dashed ? [4, 4] : undefined,
      points: { show: plot.dates.length < 3, size: 7, fill: stroke },
    });
  }
  return new uPlot(
    {
      ...size,
      padding: [10, 4, 0, 0],
      legend: { show: false },
      cursor: { y: false, drag: { x: false, y: false }, points: { size: 7 } },
      scales: {
        x: { time: false, range: edges(plot.dates.length) },
        y: { range: (_, __, high) => [0, high ? high * 1.06 : 1] },
      },
      axes: [dayAxis(plot.dates), valueAxis(plot.axis)],
      series,
      bands,
      hooks: {
        drawAxes: [(it) => drawMarks(it, plot)],
        setCursor: [(it) => plot.onpoint(it.cursor.idx ?? null)],
      },
    },
    data as uPlot.AlignedData,
    root,
  );
}

const hidden = (): uPlot.Series => ({ stroke: 'transparent', width: 0, points: { show: false } });

/** One day alone stands in the middle. */
const edges = (days: number) => (): uPlot.Range.MinMax => (days > 1 ? [0, days - 1] : [-0.5, 0.5]);

const dayAxis = (dates: string[]): uPlot.Axis => ({
  stroke: colour('ink-3'),
  font: FONT,
  size: 26,
  gap: 6,
  grid: { show: false },
  ticks: { show: false },
  border: { show: true, stroke: colour('line'), width: 1 },
  splits: (it) => {
    const step = Math.max(1, Math.ceil((dates.length * LABEL_PX) / Math.max(1, it.width - 60)));
    return dates.flatMap((_, at) => (at % step === 0 ? [at] : []));
  },
  values: (_, splits) => splits.map((at) => (dates[at] ? day(dates[at]) : '')),
});

const valueAxis = (shown: Axis): uPlot.Axis => ({
  stroke: colour('ink-3'),
  font: FONT,
  size: (_, values) => 12 + 6.6 * Math.max(3, ...(values ?? []).map((value) => value.length)),
  gap: 6,
  space: 38,
  grid: { stroke: colour('line-2'), width: 1 },
  ticks: { show: false },
  values: (_, splits, __, ___, step) => splits.map((value) => shown(value, step)),
});

/** A dashed upright on each day that something was noted; what it says stands below the chart. */
function drawMarks(it: uPlot, plot: Plot) {
  const { ctx, bbox } = it;
  ctx.save();
  ctx.strokeStyle = colour('line-strong');
  ctx.lineWidth = devicePixelRatio;
  ctx.setLineDash([3 * devicePixelRatio, 4 * devicePixelRatio]);
  for (const date of new Set(plot.marks.map((mark) => mark.date))) {
    const at = plot.dates.indexOf(date);
    if (at < 0) continue;
    const x = Math.round(it.valToPos(at, 'x', true));
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
  }
  ctx.restore();
}
