-- name: find_clock
-- The server's clock: what "old" and "recent" are measured against.
SELECT now()

-- name: list_keep_reasons
-- Why chunks that are old enough stay all the same, the most binding reason first.
WITH chunk AS (
    SELECT * FROM unnest(CAST(:names AS text[]), CAST(:starts AS timestamptz[]),
        CAST(:ends AS timestamptz[])) AS c(name, lo, hi)
)
SELECT chunk.name, 1 AS rank, 'on hold: ' || h.reason AS reason
FROM chunk JOIN retention_hold h ON h.table_name = :table
    AND (h.until_at IS NULL OR h.until_at > now()) AND h.during && tstzrange(chunk.lo, chunk.hi)
UNION ALL
SELECT chunk.name, 2, 'not rolled up yet' FROM chunk
WHERE EXISTS (
    SELECT FROM rollup_dirty d WHERE d.level = ANY(CAST(:levels AS text[]))
        AND date_bin(:width, d.lo, TIMESTAMPTZ 'epoch') < chunk.hi
        AND date_bin(:width, d.hi - INTERVAL '1 microsecond', TIMESTAMPTZ 'epoch')
            + CAST(:width AS interval) > chunk.lo)
UNION ALL
SELECT chunk.name, 3, 'imported recently: readings of this range came in on '
    || to_char(b.loaded_at, 'YYYY-MM-DD')
FROM chunk CROSS JOIN LATERAL (
    SELECT max(loaded_at) AS loaded_at FROM ingest_batch
    WHERE loaded_at > now() - CAST(:recent AS interval) AND first_at < chunk.hi AND last_at >= chunk.lo
) b
WHERE b.loaded_at IS NOT NULL
ORDER BY name, rank

-- name: drop_chunk
-- The chunks whose range lies wholly between the bounds: exactly one here.
SELECT drop_chunks(
    to_regclass(format('%I.%I', CAST(:schema AS text), CAST(:table AS text))),
    older_than => CAST(:end AS timestamptz), newer_than => CAST(:start AS timestamptz))

-- name: note_drop
-- A chunk made anew by a late reading does not hold what this one held.
INSERT INTO retention_drop AS known (table_name, spans)
VALUES (:table, tstzmultirange(tstzrange(CAST(:start AS timestamptz), CAST(:end AS timestamptz))))
ON CONFLICT (table_name) DO UPDATE SET spans = known.spans + excluded.spans
