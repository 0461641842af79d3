// A WebM file of one track of video (Matroska, RFC 9559), with its duration and an index, so that players can jump.

const bytes = (number, length) => {
  const result = new Uint8Array(length);
  for (let at = length - 1; at >= 0; at--, number = Math.floor(number / 256)) result[at] = number % 256;
  return result;
};

const float = (number) => {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, number);
  return new Uint8Array(view.buffer);
};

const whole = (number) => bytes(number, Math.max(1, Math.ceil(Math.log2(number + 1) / 8)));
const joined = (parts) => new Uint8Array(parts.flatMap((part) => [...part]));

/** An element: its identifier, its size in eight bytes, its content. */
const element = (id, content) => {
  const body = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  const size = bytes(body.length, 8);
  size[0] = 0x01;
  return joined([whole(id), size, body]);
};

const group = (id, ...children) => element(id, joined(children));

const HEADER = group(
  0x1a45dfa3,
  element(0x4286, whole(1)), // EBMLVersion
  element(0x42f7, whole(1)), // EBMLReadVersion
  element(0x42f2, whole(4)), // EBMLMaxIDLength
  element(0x42f3, whole(8)), // EBMLMaxSizeLength
  element(0x4282, 'webm'), // DocType
  element(0x4287, whole(4)), // DocTypeVersion
  element(0x4285, whole(2)), // DocTypeReadVersion
);

const block = (frame, start) =>
  element(
    0xa3, // SimpleBlock
    joined([[0x81], bytes(frame.ms - start, 2), [frame.key ? 0x80 : 0], frame.data]),
  );

/** Frames `{ ms, key, data }` become clusters that begin with a key frame. */
const clusters = (frames) => {
  const runs = [];
  for (const frame of frames) {
    if (frame.key) runs.push([]);
    runs.at(-1).push(frame);
  }
  return runs.map((run) => ({
    ms: run[0].ms,
    data: group(
      0x1f43b675, // Cluster
      element(0xe7, whole(run[0].ms)), // Timestamp
      ...run.map((frame) => block(frame, run[0].ms)),
    ),
  }));
};

const cue = ({ ms, place }) =>
  group(
    0xbb, // CuePoint
    element(0xb3, whole(ms)), // CueTime
    group(
      0xb7, // CueTrackPositions
      element(0xf7, whole(1)), // CueTrack
      element(0xf1, bytes(place, 4)), // CueClusterPosition
    ),
  );

/** The file. The codec is `V_VP9`. */
export const webm = (frames, { width, height, seconds }) => {
  const info = group(
    0x1549a966, // Info
    element(0x2ad7b1, whole(1_000_000)), // TimestampScale: milliseconds
    element(0x4489, float(seconds * 1000)), // Duration
    element(0x4d80, 'waymark'), // MuxingApp
    element(0x5741, 'waymark'), // WritingApp
  );
  const tracks = group(
    0x1654ae6b, // Tracks
    group(
      0xae, // TrackEntry
      element(0xd7, whole(1)), // TrackNumber
      element(0x73c5, whole(1)), // TrackUID
      element(0x83, whole(1)), // TrackType: video
      element(0x86, 'V_VP9'), // CodecID
      group(0xe0, element(0xb0, whole(width)), element(0xba, whole(height))), // Video
    ),
  );
  const made = clusters(frames);
  // An index has the same length wherever the clusters lie.
  const index = (start) => {
    let place = start;
    const cues = made.map(({ ms, data }) => {
      const point = cue({ ms, place });
      place += data.length;
      return point;
    });
    return group(0x1c53bb6b, ...cues); // Cues
  };
  const before = info.length + tracks.length;
  const cues = index(before + index(0).length);
  const segment = group(0x18538067, info, tracks, cues, ...made.map(({ data }) => data)); // Segment
  return joined([HEADER, segment]);
};
