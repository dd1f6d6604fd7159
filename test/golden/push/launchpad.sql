CREATE TABLE "organizations" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "slug" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "plan" TEXT NOT NULL DEFAULT 'FREE',
    "created_at" DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%f+00:00', 'now')),
    CONSTRAINT "organizations_id_check" CHECK (typeof("id") IN ('text')),
    CONSTRAINT "organizations_slug_check" CHECK (typeof("slug") IN ('text')),
    CONSTRAINT "organizations_name_check" CHECK (typeof("name") IN ('text')),
    CONSTRAINT "organizations_plan_check" CHECK ("plan" IN ('FREE', 'TEAM', 'BUSINESS')),
    CONSTRAINT "organizations_created_at_check" CHECK ("created_at" GLOB '????-??-??T??:??:??.???+00:00')
);

CREATE TABLE "people" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "organization_id" TEXT NOT NULL,
    "email" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "title" TEXT,
    "role" TEXT NOT NULL DEFAULT 'MEMBER',
    "is_active" BOOLEAN NOT NULL DEFAULT true,
    "preferences" TEXT,
    "created_at" DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%f+00:00', 'now')),
    CONSTRAINT "people_id_check" CHECK (typeof("id") IN ('text')),
    CONSTRAINT "people_organization_id_check" CHECK (typeof("organization_id") IN ('text')),
    CONSTRAINT "people_email_check" CHECK (typeof("email") IN ('text')),
    CONSTRAINT "people_name_check" CHECK (typeof("name") IN ('text')),
    CONSTRAINT "people_title_check" CHECK (typeof("title") IN ('text', 'null')),
    CONSTRAINT "people_role_check" CHECK ("role" IN ('OWNER', 'MANAGER', 'MEMBER', 'GUEST')),
    CONSTRAINT "people_is_active_check" CHECK ("is_active" IN (0, 1)),
    CONSTRAINT "people_preferences_check" CHECK ("preferences" IS NULL OR json_valid("preferences")),
    CONSTRAINT "people_created_at_check" CHECK ("created_at" GLOB '????-??-??T??:??:??.???+00:00'),
    CONSTRAINT "people_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

CREATE TABLE "projects" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "organization_id" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT,
    "status" TEXT NOT NULL DEFAULT 'PLANNED',
    "lead_id" TEXT,
    "budget" DECIMAL,
    "starts_at" DATETIME,
    "created_at" DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%f+00:00', 'now')),
    "updated_at" DATETIME NOT NULL,
    CONSTRAINT "projects_id_check" CHECK (typeof("id") IN ('text')),
    CONSTRAINT "projects_organization_id_check" CHECK (typeof("organization_id") IN ('text')),
    CONSTRAINT "projects_key_check" CHECK (typeof("key") IN ('text')),
    CONSTRAINT "projects_name_check" CHECK (typeof("name") IN ('text')),
    CONSTRAINT "projects_description_check" CHECK (typeof("description") IN ('text', 'null')),
    CONSTRAINT "projects_status_check" CHECK ("status" IN ('PLANNED', 'ACTIVE', 'PAUSED', 'DONE')),
    CONSTRAINT "projects_lead_id_check" CHECK (typeof("lead_id") IN ('text', 'null')),
    CONSTRAINT "projects_budget_check" CHECK (typeof("budget") IN ('integer', 'real', 'null')),
    CONSTRAINT "projects_starts_at_check" CHECK ("starts_at" GLOB '????-??-??T??:??:??.???+00:00'),
    CONSTRAINT "projects_created_at_check" CHECK ("created_at" GLOB '????-??-??T??:??:??.???+00:00'),
    CONSTRAINT "projects_updated_at_check" CHECK ("updated_at" GLOB '????-??-??T??:??:??.???+00:00'),
    CONSTRAINT "projects_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
    CONSTRAINT "projects_lead_id_fkey" FOREIGN KEY ("lead_id") REFERENCES "people" ("id") ON DELETE SET NULL ON UPDATE CASCADE
);

CREATE TABLE "tasks" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "project_id" TEXT NOT NULL,
    "number" INTEGER NOT NULL,
    "title" TEXT NOT NULL,
    "description" TEXT,
    "status" TEXT NOT NULL DEFAULT 'BACKLOG',
    "priority" TEXT NOT NULL DEFAULT 'MEDIUM',
    "creator_id" TEXT NOT NULL,
    "assignee_id" TEXT,
    "parent_id" INTEGER,
    "estimate_hours" REAL,
    "due_at" DATETIME,
    "completed_at" DATETIME,
    "created_at" DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%f+00:00', 'now')),
    "updated_at" DATETIME NOT NULL,
    CONSTRAINT "tasks_project_id_check" CHECK (typeof("project_id") IN ('text')),
    CONSTRAINT "tasks_number_check" CHECK (typeof("number") IN ('integer')),
    CONSTRAINT "tasks_title_check" CHECK (typeof("title") IN ('text')),
    CONSTRAINT "tasks_description_check" CHECK (typeof("description") IN ('text', 'null')),
    CONSTRAINT "tasks_status_check" CHECK ("status" IN ('BACKLOG', 'TODO', 'IN_PROGRESS', 'IN_REVIEW', 'DONE', 'CANCELLED')),
    CONSTRAINT "tasks_priority_check" CHECK ("priority" IN ('LOW', 'MEDIUM', 'HIGH', 'URGENT')),
    CONSTRAINT "tasks_creator_id_check" CHECK (typeof("creator_id") IN ('text')),
    CONSTRAINT "tasks_assignee_id_check" CHECK (typeof("assignee_id") IN ('text', 'null')),
    CONSTRAINT "tasks_parent_id_check" CHECK (typeof("parent_id") IN ('integer', 'null')),
    CONSTRAINT "tasks_estimate_hours_check" CHECK (typeof("estimate_hours") IN ('real', 'null')),
    CONSTRAINT "tasks_due_at_check" CHECK ("due_at" GLOB '????-??-??T??:??:??.???+00:00'),
    CONSTRAINT "tasks_completed_at_check" CHECK ("completed_at" GLOB '????-??-??T??:??:??.???+00:00'),
    CONSTRAINT "tasks_created_at_check" CHECK ("created_at" GLOB '????-??-??T??:??:??.???+00:00'),
    CONSTRAINT "tasks_updated_at_check" CHECK ("updated_at" GLOB '????-??-??T??:??:??.???+00:00'),
    CONSTRAINT "tasks_project_id_fkey" FOREIGN KEY ("project_id") REFERENCES "projects" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
    CONSTRAINT "tasks_creator_id_fkey" FOREIGN KEY ("creator_id") REFERENCES "people" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "tasks_assignee_id_fkey" FOREIGN KEY ("assignee_id") REFERENCES "people" ("id") ON DELETE SET NULL ON UPDATE CASCADE,
    CONSTRAINT "tasks_parent_id_fkey" FOREIGN KEY ("parent_id") REFERENCES "tasks" ("id") ON DELETE SET NULL ON UPDATE CASCADE
);

CREATE TABLE "labels" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "organization_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "color" TEXT NOT NULL DEFAULT '#8a94a6',
    CONSTRAINT "labels_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organizations" ("id") ON DELETE CASCADE ON UPDATE CASCADE
) STRICT;

CREATE TABLE "task_labels" (
    "task_id" INTEGER NOT NULL,
    "label_id" TEXT NOT NULL,
    PRIMARY KEY ("task_id", "label_id"),
    CONSTRAINT "task_labels_task_id_fkey" FOREIGN KEY ("task_id") REFERENCES "tasks" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
    CONSTRAINT "task_labels_label_id_fkey" FOREIGN KEY ("label_id") REFERENCES "labels" ("id") ON DELETE CASCADE ON UPDATE CASCADE
) STRICT;

CREATE TABLE "comments" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "task_id" INTEGER NOT NULL,
    "author_id" TEXT NOT NULL,
    "body" TEXT NOT NULL,
    "created_at" DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%f+00:00', 'now')),
    CONSTRAINT "comments_id_check" CHECK (typeof("id") IN ('text')),
    CONSTRAINT "comments_task_id_check" CHECK (typeof("task_id") IN ('integer')),
    CONSTRAINT "comments_author_id_check" CHECK (typeof("author_id") IN ('text')),
    CONSTRAINT "comments_body_check" CHECK (typeof("body") IN ('text')),
    CONSTRAINT "comments_created_at_check" CHECK ("created_at" GLOB '????-??-??T??:??:??.???+00:00'),
    CONSTRAINT "comments_task_id_fkey" FOREIGN KEY ("task_id") REFERENCES "tasks" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
    CONSTRAINT "comments_author_id_fkey" FOREIGN KEY ("author_id") REFERENCES "people" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

CREATE UNIQUE INDEX "organizations_slug_key" ON "organizations"("slug");

CREATE UNIQUE INDEX "people_email_key" ON "people"("email");

CREATE INDEX "people_organization_id_idx" ON "people"("organization_id");

CREATE UNIQUE INDEX "projects_organization_id_key_key" ON "projects"("organization_id", "key");

CREATE UNIQUE INDEX "tasks_project_id_number_key" ON "tasks"("project_id", "number");

CREATE INDEX "tasks_project_id_status_idx" ON "tasks"("project_id", "status");

CREATE INDEX "tasks_assignee_id_status_idx" ON "tasks"("assignee_id", "status");

CREATE INDEX "tasks_parent_id_idx" ON "tasks"("parent_id");

CREATE UNIQUE INDEX "labels_organization_id_name_key" ON "labels"("organization_id", "name");

CREATE INDEX "task_labels_label_id_idx" ON "task_labels"("label_id");

CREATE INDEX "comments_task_id_idx" ON "comments"("task_id");

CREATE INDEX "comments_author_id_idx" ON "comments"("author_id");

CREATE TABLE "tenon_audit_log" (
    "position" INTEGER PRIMARY KEY AUTOINCREMENT,
    "id" TEXT NOT NULL UNIQUE,
    "created_at" TEXT NOT NULL,
    "user_id" TEXT,
    "token_id" TEXT,
    "organization_id" TEXT,
    "space_id" TEXT,
    "request_id" TEXT,
    "ip_address" TEXT,
    "user_agent" TEXT,
    "reason" TEXT,
    "action" TEXT NOT NULL,
    "model" TEXT NOT NULL,
    "record_id" TEXT,
    "before" TEXT,
    "after" TEXT,
    "changes" TEXT,
    "hash" BLOB NOT NULL
) STRICT;

CREATE INDEX "tenon_audit_log_user_id_idx" ON "tenon_audit_log" ("user_id") WHERE "user_id" IS NOT NULL;

CREATE INDEX "tenon_audit_log_model_record_id_idx" ON "tenon_audit_log" ("model", "record_id");

CREATE TABLE "tenon_feed" (
    "sequence" INTEGER PRIMARY KEY AUTOINCREMENT,
    "created_at" TEXT,
    "action" TEXT,
    "model" TEXT,
    "record_id" TEXT,
    "before" TEXT,
    "after" TEXT
) STRICT;

CREATE TABLE "tenon_audit_seal" (
    "number" INTEGER PRIMARY KEY,
    "kind" TEXT NOT NULL,
    "previous" BLOB NOT NULL,
    "sealed_at" TEXT NOT NULL,
    "first_row" INTEGER NOT NULL,
    "row_count" INTEGER NOT NULL,
    "last_place" TEXT NOT NULL,
    "root" BLOB,
    "pruned" TEXT,
    "key_id" TEXT,
    "signature" BLOB,
    "hash" BLOB NOT NULL,
    "row_hashes" BLOB
) STRICT;

CREATE VIEW "tenon_event" AS
SELECT f."sequence",
    coalesce(f."created_at", l."created_at") AS "created_at",
    l."id" AS "audit_id",
    coalesce(f."action", l."action") AS "action",
    coalesce(f."model", l."model") AS "model",
    coalesce(f."record_id", l."record_id") AS "record_id",
    iif(f."model" IS NULL, l."before", f."before") AS "before",
    iif(f."model" IS NULL, l."after", f."after") AS "after"
FROM "tenon_feed" AS f
LEFT JOIN "tenon_audit_log" AS l ON l."position" = f."sequence";

CREATE TRIGGER "tenon_event_deleted"
INSTEAD OF DELETE ON "tenon_event" BEGIN
    DELETE FROM "tenon_feed" WHERE "sequence" = OLD."sequence";
END;

CREATE TRIGGER "tenon_audit_log_deleted"
BEFORE DELETE ON "tenon_audit_log" BEGIN
    UPDATE "tenon_feed" SET "created_at" = OLD."created_at",
        "action" = OLD."action", "model" = OLD."model",
        "record_id" = OLD."record_id",
        "before" = OLD."before", "after" = OLD."after"
    WHERE "sequence" = OLD."position" AND "model" IS NULL;
END;

CREATE TRIGGER "tenon_audit_log_updated"
BEFORE UPDATE ON "tenon_audit_log" BEGIN
    UPDATE "tenon_feed" SET "created_at" = OLD."created_at",
        "action" = OLD."action", "model" = OLD."model",
        "record_id" = OLD."record_id",
        "before" = OLD."before", "after" = OLD."after"
    WHERE "sequence" = OLD."position" AND "model" IS NULL;
END;

CREATE TABLE "tenon_job" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "kind" TEXT NOT NULL,
    "payload" TEXT NOT NULL,
    "unique_key" TEXT,
    "priority" INTEGER NOT NULL DEFAULT 0,
    "organization_id" TEXT,
    "status" TEXT NOT NULL,
    "run_at" DATETIME NOT NULL,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "max_attempts" INTEGER NOT NULL,
    "progress" TEXT,
    "last_error" TEXT,
    "locked_by" TEXT,
    "locked_until" DATETIME,
    "slot" INTEGER,
    "organization_slot" INTEGER,
    "is_cancelled" BOOLEAN NOT NULL DEFAULT false,
    "origin" TEXT,
    "created_at" DATETIME NOT NULL,
    "finished_at" DATETIME,
    CONSTRAINT "tenon_job_id_check" CHECK (typeof("id") IN ('text')),
    CONSTRAINT "tenon_job_kind_check" CHECK (typeof("kind") IN ('text')),
    CONSTRAINT "tenon_job_payload_check" CHECK (json_valid("payload")),
    CONSTRAINT "tenon_job_unique_key_check" CHECK (typeof("unique_key") IN ('text', 'null')),
    CONSTRAINT "tenon_job_priority_check" CHECK (typeof("priority") IN ('integer')),
    CONSTRAINT "tenon_job_organization_id_check" CHECK (typeof("organization_id") IN ('text', 'null')),
    CONSTRAINT "tenon_job_status_check" CHECK (typeof("status") IN ('text')),
    CONSTRAINT "tenon_job_run_at_check" CHECK ("run_at" GLOB '????-??-??T??:??:??.???+00:00'),
    CONSTRAINT "tenon_job_attempts_check" CHECK (typeof("attempts") IN ('integer')),
    CONSTRAINT "tenon_job_max_attempts_check" CHECK (typeof("max_attempts") IN ('integer')),
    CONSTRAINT "tenon_job_progress_check" CHECK ("progress" IS NULL OR json_valid("progress")),
    CONSTRAINT "tenon_job_last_error_check" CHECK (typeof("last_error") IN ('text', 'null')),
    CONSTRAINT "tenon_job_locked_by_check" CHECK (typeof("locked_by") IN ('text', 'null')),
    CONSTRAINT "tenon_job_locked_until_check" CHECK ("locked_until" GLOB '????-??-??T??:??:??.???+00:00'),
    CONSTRAINT "tenon_job_slot_check" CHECK (typeof("slot") IN ('integer', 'null')),
    CONSTRAINT "tenon_job_organization_slot_check" CHECK (typeof("organization_slot") IN ('integer', 'null')),
    CONSTRAINT "tenon_job_is_cancelled_check" CHECK ("is_cancelled" IN (0, 1)),
    CONSTRAINT "tenon_job_origin_check" CHECK ("origin" IS NULL OR json_valid("origin")),
    CONSTRAINT "tenon_job_created_at_check" CHECK ("created_at" GLOB '????-??-??T??:??:??.???+00:00'),
    CONSTRAINT "tenon_job_finished_at_check" CHECK ("finished_at" GLOB '????-??-??T??:??:??.???+00:00')
);

CREATE TABLE "tenon_schedule" (
    "name" TEXT NOT NULL PRIMARY KEY,
    "kind" TEXT NOT NULL,
    "payload" TEXT NOT NULL,
    "cron" TEXT NOT NULL,
    "time_zone" TEXT NOT NULL,
    "next_at" DATETIME NOT NULL,
    "last_at" DATETIME,
    "updated_at" DATETIME NOT NULL,
    CONSTRAINT "tenon_schedule_name_check" CHECK (typeof("name") IN ('text')),
    CONSTRAINT "tenon_schedule_kind_check" CHECK (typeof("kind") IN ('text')),
    CONSTRAINT "tenon_schedule_payload_check" CHECK (json_valid("payload")),
    CONSTRAINT "tenon_schedule_cron_check" CHECK (typeof("cron") IN ('text')),
    CONSTRAINT "tenon_schedule_time_zone_check" CHECK (typeof("time_zone") IN ('text')),
    CONSTRAINT "tenon_schedule_next_at_check" CHECK ("next_at" GLOB '????-??-??T??:??:??.???+00:00'),
    CONSTRAINT "tenon_schedule_last_at_check" CHECK ("last_at" GLOB '????-??-??T??:??:??.???+00:00'),
    CONSTRAINT "tenon_schedule_updated_at_check" CHECK ("updated_at" GLOB '????-??-??T??:??:??.???+00:00')
);

CREATE TABLE "tenon_token" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "kind" TEXT NOT NULL,
    "name" TEXT,
    "prefix" TEXT NOT NULL,
    "hash" TEXT NOT NULL,
    "user_id" TEXT,
    "organization_id" TEXT,
    "space_id" TEXT,
    "scopes" TEXT,
    "created_at" DATETIME NOT NULL,
    "expires_at" DATETIME,
    "last_used_at" DATETIME,
    "revoked_at" DATETIME,
    CONSTRAINT "tenon_token_id_check" CHECK (typeof("id") IN ('text')),
    CONSTRAINT "tenon_token_kind_check" CHECK (typeof("kind") IN ('text')),
    CONSTRAINT "tenon_token_name_check" CHECK (typeof("name") IN ('text', 'null')),
    CONSTRAINT "tenon_token_prefix_check" CHECK (typeof("prefix") IN ('text')),
    CONSTRAINT "tenon_token_hash_check" CHECK (typeof("hash") IN ('text')),
    CONSTRAINT "tenon_token_user_id_check" CHECK (typeof("user_id") IN ('text', 'null')),
    CONSTRAINT "tenon_token_organization_id_check" CHECK (typeof("organization_id") IN ('text', 'null')),
    CONSTRAINT "tenon_token_space_id_check" CHECK (typeof("space_id") IN ('text', 'null')),
    CONSTRAINT "tenon_token_scopes_check" CHECK ("scopes" IS NULL OR json_valid("scopes")),
    CONSTRAINT "tenon_token_created_at_check" CHECK ("created_at" GLOB '????-??-??T??:??:??.???+00:00'),
    CONSTRAINT "tenon_token_expires_at_check" CHECK ("expires_at" GLOB '????-??-??T??:??:??.???+00:00'),
    CONSTRAINT "tenon_token_last_used_at_check" CHECK ("last_used_at" GLOB '????-??-??T??:??:??.???+00:00'),
    CONSTRAINT "tenon_token_revoked_at_check" CHECK ("revoked_at" GLOB '????-??-??T??:??:??.???+00:00')
);

CREATE TABLE "tenon_feed_position" (
    "consumer" TEXT NOT NULL PRIMARY KEY,
    "sequence" BIGINT NOT NULL,
    "updated_at" DATETIME NOT NULL,
    CONSTRAINT "tenon_feed_position_consumer_check" CHECK (typeof("consumer") IN ('text')),
    CONSTRAINT "tenon_feed_position_sequence_check" CHECK (typeof("sequence") IN ('integer')),
    CONSTRAINT "tenon_feed_position_updated_at_check" CHECK ("updated_at" GLOB '????-??-??T??:??:??.???+00:00')
);

CREATE TABLE "tenon_async_request" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "owner" TEXT NOT NULL,
    "method" TEXT NOT NULL,
    "path" TEXT NOT NULL,
    "query" TEXT,
    "headers" TEXT,
    "body" BLOB,
    "status" INTEGER,
    "affected" BIGINT,
    "answer" TEXT,
    "created_at" DATETIME NOT NULL,
    "finished_at" DATETIME,
    CONSTRAINT "tenon_async_request_id_check" CHECK (typeof("id") IN ('text')),
    CONSTRAINT "tenon_async_request_owner_check" CHECK (typeof("owner") IN ('text')),
    CONSTRAINT "tenon_async_request_method_check" CHECK (typeof("method") IN ('text')),
    CONSTRAINT "tenon_async_request_path_check" CHECK (typeof("path") IN ('text')),
    CONSTRAINT "tenon_async_request_query_check" CHECK (typeof("query") IN ('text', 'null')),
    CONSTRAINT "tenon_async_request_headers_check" CHECK ("headers" IS NULL OR json_valid("headers")),
    CONSTRAINT "tenon_async_request_body_check" CHECK (typeof("body") IN ('blob', 'null')),
    CONSTRAINT "tenon_async_request_status_check" CHECK (typeof("status") IN ('integer', 'null')),
    CONSTRAINT "tenon_async_request_affected_check" CHECK (typeof("affected") IN ('integer', 'null')),
    CONSTRAINT "tenon_async_request_answer_check" CHECK ("answer" IS NULL OR json_valid("answer")),
    CONSTRAINT "tenon_async_request_created_at_check" CHECK ("created_at" GLOB '????-??-??T??:??:??.???+00:00'),
    CONSTRAINT "tenon_async_request_finished_at_check" CHECK ("finished_at" GLOB '????-??-??T??:??:??.???+00:00')
);

CREATE UNIQUE INDEX "tenon_job_kind_unique_key_partial_key" ON "tenon_job"("kind", "unique_key") WHERE (("finished_at" IS NULL) AND ("unique_key" IS NOT NULL));

CREATE UNIQUE INDEX "tenon_job_kind_slot_partial_key" ON "tenon_job"("kind", "slot") WHERE ("slot" IS NOT NULL);

CREATE UNIQUE INDEX "tenon_job_kind_organization_id_organization_slot_partial_key" ON "tenon_job"("kind", "organization_id", "organization_slot") WHERE ("organization_slot" IS NOT NULL);

CREATE INDEX "tenon_job_status_kind_priority_run_at_idx" ON "tenon_job"("status", "kind", "priority" DESC, "run_at");

CREATE INDEX "tenon_job_finished_at_idx" ON "tenon_job"("finished_at");

CREATE UNIQUE INDEX "tenon_token_hash_key" ON "tenon_token"("hash");

CREATE INDEX "tenon_async_request_created_at_idx" ON "tenon_async_request"("created_at");
