-- name: list_documents
-- Every document with its newest revision and the newest one that could be read.
SELECT d.id, d.title, d.component, d.system_id, s.code AS system_code, d.tags,
    d.created_by, d.created_at,
    newest.id AS newest_id, newest.status, newest.reason, newest.pages_done, newest.page_count,
    newest.file_name, newest.kind, newest.size_bytes, newest.label, newest.language,
    newest.warnings, newest.uploaded_by, newest.uploaded_at,
    searched.id AS searched_id,
    (SELECT count(*) FROM document_revision r WHERE r.document_id = d.id) AS revisions,
    (SELECT count(*) FROM document_chunk c WHERE c.revision_id = searched.id) AS chunks
FROM document d
LEFT JOIN hydraulic_system s ON s.id = d.system_id
JOIN LATERAL (
    SELECT * FROM document_revision r WHERE r.document_id = d.id ORDER BY r.id DESC LIMIT 1
) newest ON true
LEFT JOIN LATERAL (
    SELECT r.id FROM document_revision r
    WHERE r.document_id = d.id AND r.status = 'read' ORDER BY r.id DESC LIMIT 1
) searched ON true
WHERE CAST(:id AS int) IS NULL OR d.id = :id
ORDER BY lower(d.title), d.id

-- name: list_revisions
-- The files of a document, newest first.
SELECT id, document_id, label, file_name, kind, size_bytes, language, status, pages_done,
    page_count, reason, warnings, uploaded_by, uploaded_at, read_at
FROM document_revision WHERE document_id = :document_id ORDER BY id DESC

-- name: find_revision
-- One file.
SELECT id, document_id, label, file_name, kind, size_bytes, language, status, pages_done,
    page_count, reason, warnings, uploaded_by, uploaded_at, read_at
FROM document_revision WHERE id = :id

-- name: find_by_content
-- The document that has this very file.
SELECT d.id, d.title, r.file_name FROM document_revision r JOIN document d ON d.id = r.document_id
WHERE r.sha256 = :sha256

-- name: insert_document
-- A new document.
INSERT INTO document (title, component, system_id, tags, created_by)
VALUES (:title, :component, :system_id, :tags, :created_by) RETURNING id

-- name: update_document
-- Other words for a document.
UPDATE document SET title = :title, component = :component, system_id = :system_id, tags = :tags
WHERE id = :id RETURNING id

-- name: delete_document
-- A document with its files and chunks.
DELETE FROM document WHERE id = :id RETURNING title

-- name: insert_revision
-- A new file of a document; no row where the very same file is there already.
INSERT INTO document_revision (document_id, label, file_name, kind, sha256, size_bytes, uploaded_by)
VALUES (:document_id, :label, :file_name, :kind, :sha256, :size_bytes, :uploaded_by)
ON CONFLICT (sha256) DO NOTHING RETURNING id

-- name: insert_part
-- One part of a file.
INSERT INTO document_part (revision_id, part, content) VALUES (:revision_id, :part, :content)

-- name: read_part
-- One part of a file.
SELECT content FROM document_part WHERE revision_id = :revision_id AND part = :part

-- name: list_unread
-- Files that wait for being read, oldest first; those whose reader died among them.
SELECT id FROM document_revision WHERE status IN ('waiting', 'reading') OR
    (status = 'read' AND reader <> :reader)
ORDER BY (status = 'read'), id

-- name: count_unread
-- Documents with a file that nobody has read yet.
SELECT count(DISTINCT document_id) FROM document_revision WHERE status IN ('waiting', 'reading')

-- name: note_reading
-- Somebody reads the file now.
UPDATE document_revision SET status = 'reading', pages_done = 0
WHERE id = :id AND status IN ('waiting', 'reading')

-- name: note_pages
-- So far.
UPDATE document_revision SET pages_done = :done, page_count = :total WHERE id = :id

-- name: note_read
-- The file has been read.
UPDATE document_revision SET status = 'read', page_count = :pages, pages_done = :pages,
    kind = :kind, language = :language, warnings = :warnings, reason = '', reader = :reader,
    read_at = now()
WHERE id = :id RETURNING document_id

-- name: note_refused
-- The file cannot be read.
UPDATE document_revision SET status = 'refused', reason = :reason, reader = :reader,
    read_at = now() WHERE id = :id

-- name: read_again
-- Try a refused file once more.
UPDATE document_revision SET status = 'waiting', reason = '' WHERE id = :id AND status = 'refused'
RETURNING id

-- name: delete_chunks
-- What an earlier reading has left.
DELETE FROM document_chunk WHERE revision_id = :revision_id

-- name: insert_chunk
-- One chunk.
INSERT INTO document_chunk
    (revision_id, ordinal, page, heading_path, language, kind, text, content_hash)
VALUES (:revision_id, :ordinal, :page, :heading_path, :language, :kind, :text, :content_hash)
