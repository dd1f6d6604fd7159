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
