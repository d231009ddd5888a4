CREATE TABLE recordings (
    id          TEXT PRIMARY KEY,
    created_at  TEXT NOT NULL,                  -- UTC, ISO 8601
    recorded_at TEXT NOT NULL,                  -- when the face was filmed, as far as known
    kind        TEXT NOT NULL CHECK (kind IN ('live', 'upload')),
    state       TEXT NOT NULL CHECK (state IN ('receiving', 'complete')),
    name        TEXT NOT NULL,                  -- shown to people, never used as a path
    person      TEXT NOT NULL DEFAULT '',
    protocol    TEXT NOT NULL DEFAULT '',
    mirrored    INTEGER NOT NULL DEFAULT 0,
    video_file  TEXT NOT NULL,                  -- file name within the recording's folder
    size_bytes  INTEGER NOT NULL DEFAULT 0,
    cues        TEXT NOT NULL DEFAULT '[]'      -- JSON list of cues
);

CREATE TABLE jobs (
    id               INTEGER PRIMARY KEY,
    recording_id     TEXT NOT NULL REFERENCES recordings (id) ON DELETE CASCADE,
    status           TEXT NOT NULL
                     CHECK (status IN ('queued', 'running', 'done', 'failed', 'cancelled')),
    created_at       TEXT NOT NULL,
    started_at       TEXT,
    finished_at      TEXT,
    progress         REAL NOT NULL DEFAULT 0,   -- 0 to 1
    stage            TEXT NOT NULL DEFAULT '',
    error            TEXT NOT NULL DEFAULT '',
    attempts         INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX jobs_by_status ON jobs (status, id);
CREATE INDEX jobs_by_recording ON jobs (recording_id, id);

CREATE TABLE results (                          -- columns as in summary.csv
    recording_id             TEXT PRIMARY KEY REFERENCES recordings (id) ON DELETE CASCADE,
    analysed_at              TEXT NOT NULL,
    quality                  TEXT NOT NULL,
    answer                   TEXT NOT NULL,
    finding                  TEXT,
    detected                 INTEGER,           -- NULL where that could not be said
    tremor_region            TEXT,
    tremor_side              TEXT,
    frequency_hz             REAL,
    frequency_ci_low_hz      REAL,
    frequency_ci_high_hz     REAL,
    amplitude_p2p_mm         REAL,
    amplitude_p2p_ci_low_mm  REAL,
    amplitude_p2p_ci_high_mm REAL,
    detection_limit_mm       REAL,
    duration_s               REAL,
    effective_rate_hz        REAL
);

CREATE TABLE measures (
    recording_id TEXT NOT NULL REFERENCES recordings (id) ON DELETE CASCADE,
    region       TEXT NOT NULL,
    side         TEXT NOT NULL,
    phase        TEXT NOT NULL,
    smile        INTEGER,
    measure      TEXT NOT NULL,
    value        REAL,
    unit         TEXT NOT NULL,
    ci_low       REAL,
    ci_high      REAL,
    noise_floor  REAL,
    detected     INTEGER
);
CREATE INDEX measures_by_recording ON measures (recording_id);
CREATE INDEX measures_by_name ON measures (measure, region, side, phase);

CREATE TABLE context_answers (
    recording_id TEXT NOT NULL REFERENCES recordings (id) ON DELETE CASCADE,
    question     TEXT NOT NULL,
    answer       TEXT NOT NULL,                 -- JSON value
    PRIMARY KEY (recording_id, question)
);
