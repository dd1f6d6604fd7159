/*
 * seed.c: writes the demo's rows as the bodies of bulk inserts.
 *
 *     launchpad_seed FOLDER
 *
 * leaves files such as FOLDER/04-tasks-007.json, each a JSON array of up to 500
 * rows, to be posted in the order of their names. The same bytes every time:
 * the numbers come from one seeded generator and the times are relative to a
 * fixed Monday, so that a test or a tutorial can name a row.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "words.h"

enum {
    ORGANIZATIONS = 4,
    PEOPLE_EACH = 18,
    PROJECTS_EACH = 8,
    PROJECTS = ORGANIZATIONS * PROJECTS_EACH,
    TASKS = 10000,
    ROWS_PER_FILE = 500,
    ID_SIZE = 37,
};

static const int64_t DAY = 86400;
/* 2025-01-06, a Monday, 08:00 UTC. */
static const int64_t START = 1736150400;

typedef struct person {
    char id[ID_SIZE];
    const char *first;
    const char *last;
} person;

typedef struct project {
    char id[ID_SIZE];
    int organization;
    int task_count; /* so far */
    int64_t starts_at;
    int last_large_task; /* id of the last task that may have subtasks, or 0 */
} project;

typedef struct task {
    int organization;
    int64_t created_at;
} task;

typedef struct seed {
    uint64_t random;
    const char *folder;
    const char *table;
    FILE *file;
    int step;  /* tables so far: the order of the files */
    int rows;  /* in the table so far */
    int cells; /* in the row so far */
    char organizations[ORGANIZATIONS][ID_SIZE];
    person people[ORGANIZATIONS][PEOPLE_EACH];
    char labels[ORGANIZATIONS][LABEL_COUNT][ID_SIZE];
    project projects[PROJECTS];
    task tasks[TASKS + 1]; /* by id */
} seed;

/* splitmix64 */
static uint64_t random_next(seed *s) {
    uint64_t z = (s->random += UINT64_C(0x9e3779b97f4a7c15));
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

static int pick(seed *s, int count) {
    return (int)(random_next(s) % (uint64_t)count);
}

static bool chance(seed *s, int percent) {
    return pick(s, 100) < percent;
}

/* The index of one of the weights, each as likely as it is heavy. */
static int pick_weighted(seed *s, const int *weights, int count) {
    int total = 0;
    for (int i = 0; i < count; i++)
        total += weights[i];
    int at = pick(s, total);
    int i = 0;
    while (at >= weights[i])
        at -= weights[i++];
    return i;
}

/* A version 7 UUID (RFC 9562, 5.7) of that second. */
static void make_id(seed *s, char id[ID_SIZE], int64_t when) {
    uint64_t ms = (uint64_t)when * 1000 + (uint64_t)pick(s, 1000);
    uint64_t a = random_next(s);
    uint64_t b = random_next(s);
    snprintf(id, ID_SIZE, "%08" PRIx64 "-%04" PRIx64 "-7%03x-%04x-%012" PRIx64,
             (ms >> 16) & UINT64_C(0xffffffff), ms & 0xffff,
             (unsigned)(a & 0xfff), (unsigned)(0x8000 | ((a >> 12) & 0x3fff)),
             b & UINT64_C(0xffffffffffff));
}

static void fail(const char *what) {
    fprintf(stderr, "launchpad_seed: %s: %s\n", what, strerror(errno));
    exit(1);
}

static void close_file(seed *s) {
    if (s->file == NULL)
        return;
    fputs("]\n", s->file);
    if (fclose(s->file) != 0)
        fail(s->table);
    s->file = NULL;
}

static void begin_table(seed *s, const char *table) {
    close_file(s);
    s->table = table;
    s->step++;
    s->rows = 0;
}

static void begin_row(seed *s) {
    if (s->rows % ROWS_PER_FILE == 0) {
        char path[4096];
        close_file(s);
        snprintf(path, sizeof path, "%s/%02d-%s-%03d.json", s->folder, s->step,
                 s->table, s->rows / ROWS_PER_FILE);
        s->file = fopen(path, "w");
        if (s->file == NULL)
            fail(path);
        fputc('[', s->file);
    } else {
        fputs(",\n", s->file);
    }
    s->rows++;
    s->cells = 0;
    fputc('{', s->file);
}

static void end_row(seed *s) {
    fputc('}', s->file);
}

static void begin_cell(seed *s, const char *column) {
    fprintf(s->file, "%s\"%s\":", s->cells++ > 0 ? "," : "", column);
}

/* The words hold nothing that JSON would have escaped. NULL is null. */
static void put_text(seed *s, const char *column, const char *text) {
    begin_cell(s, column);
    if (text != NULL)
        fprintf(s->file, "\"%s\"", text);
    else
        fputs("null", s->file);
}

static void put_raw(seed *s, const char *column, const char *json) {
    begin_cell(s, column);
    fputs(json, s->file);
}

static void put_int(seed *s, const char *column, int64_t n) {
    begin_cell(s, column);
    fprintf(s->file, "%" PRId64, n);
}

/* Seconds of the epoch; 0 is null. */
static void put_time(seed *s, const char *column, int64_t when) {
    char text[32];
    time_t seconds = (time_t)when;
    struct tm parts;
    gmtime_r(&seconds, &parts);
    strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S.000Z", &parts);
    put_text(s, column, when != 0 ? text : NULL);
}

static void write_organizations(seed *s) {
    begin_table(s, "organizations");
    for (int i = 0; i < ORGANIZATIONS; i++) {
        int64_t created = START - DAY * (30 * (ORGANIZATIONS - i));
        make_id(s, s->organizations[i], created);
        begin_row(s);
        put_text(s, "id", s->organizations[i]);
        put_text(s, "slug", COMPANIES[i].slug);
        put_text(s, "name", COMPANIES[i].name);
        put_text(s, "plan", COMPANIES[i].plan);
        put_time(s, "created_at", created);
        end_row(s);
    }
}

/* "jonas.berg@northwind.example": ASCII, whatever the name. */
static void format_email(char *out, size_t size, const person *p,
                         const char *slug, int index) {
    size_t n = 0;
    const char *parts[] = {p->first, ".", p->last};
    for (int i = 0; i < 3; i++) {
        for (const char *c = parts[i]; *c != '\0' && n + 1 < size; c++) {
            if ((unsigned char)*c < 0x80 && *c != ' ')
                out[n++] = (char)(*c >= 'A' && *c <= 'Z' ? *c + 32 : *c);
        }
    }
    snprintf(out + n, size - n, "%d@%s.example", index + 1, slug);
}

static void write_people(seed *s) {
    static const char *const ROLES[] = {"OWNER", "MANAGER", "MEMBER", "GUEST"};
    begin_table(s, "people");
    for (int o = 0; o < ORGANIZATIONS; o++) {
        for (int i = 0; i < PEOPLE_EACH; i++) {
            person *p = &s->people[o][i];
            int role = i == 0 ? 0 : i < 4 ? 1 : i < PEOPLE_EACH - 2 ? 2 : 3;
            int64_t joined = START - DAY * 20 + DAY * 9 * i;
            char name[128];
            char email[128];
            make_id(s, p->id, joined);
            p->first = FIRST_NAMES[pick(s, FIRST_NAME_COUNT)];
            p->last = LAST_NAMES[pick(s, LAST_NAME_COUNT)];
            snprintf(name, sizeof name, "%s %s", p->first, p->last);
            format_email(email, sizeof email, p, COMPANIES[o].slug, i);

            begin_row(s);
            put_text(s, "id", p->id);
            put_text(s, "organization_id", s->organizations[o]);
            put_text(s, "email", email);
            put_text(s, "name", name);
            put_text(s, "title",
                     role == 3 ? NULL : JOB_TITLES[pick(s, JOB_TITLE_COUNT)]);
            put_text(s, "role", ROLES[role]);
            put_raw(s, "is_active", chance(s, 94) ? "true" : "false");
            put_raw(s, "preferences",
                    chance(s, 40) ? "{\"theme\":\"dark\",\"digest\":\"weekly\"}"
                                  : "null");
            put_time(s, "created_at", joined);
            end_row(s);
        }
    }
}

static void write_labels(seed *s) {
    begin_table(s, "labels");
    for (int o = 0; o < ORGANIZATIONS; o++) {
        for (int i = 0; i < LABEL_COUNT; i++) {
            make_id(s, s->labels[o][i], START);
            begin_row(s);
            put_text(s, "id", s->labels[o][i]);
            put_text(s, "organization_id", s->organizations[o]);
            put_text(s, "name", LABELS[i].name);
            put_text(s, "color", LABELS[i].color);
            end_row(s);
        }
    }
}

static void write_projects(seed *s) {
    static const char *const STATUSES[] = {"PLANNED", "ACTIVE", "PAUSED",
                                           "DONE"};
    static const int WEIGHTS[] = {1, 5, 1, 1};
    begin_table(s, "projects");
    for (int i = 0; i < PROJECTS; i++) {
        project *p = &s->projects[i];
        const project_words *words = &PROJECT_WORDS[i % PROJECTS_EACH];
        p->organization = i / PROJECTS_EACH;
        p->starts_at = START + DAY * 7 * pick(s, 16);
        make_id(s, p->id, p->starts_at);
        int whole = 5000 + pick(s, 95000);
        int cents = 25 * pick(s, 4);
        char budget[32];
        snprintf(budget, sizeof budget, "%d.%02d", whole, cents);

        begin_row(s);
        put_text(s, "id", p->id);
        put_text(s, "organization_id", s->organizations[p->organization]);
        put_text(s, "key", words->key);
        put_text(s, "name", words->name);
        put_text(s, "description", words->description);
        put_text(s, "status", STATUSES[pick_weighted(s, WEIGHTS, 4)]);
        put_text(s, "lead_id",
                 chance(s, 90) ? s->people[p->organization][pick(s, 4)].id
                               : NULL);
        put_raw(s, "budget", chance(s, 75) ? budget : "null");
        put_time(s, "starts_at", p->starts_at);
        put_time(s, "created_at", p->starts_at - DAY * 5);
        end_row(s);
    }
}

static const char *pick_person(seed *s, int organization) {
    return s->people[organization][pick(s, PEOPLE_EACH)].id;
}

enum { TASK_DONE = 4, TASK_CANCELLED = 5, TASK_STATUSES = 6 };

/* Old tasks are mostly done, young ones mostly open. */
static int pick_status(seed *s, int age_percent) {
    static const int OLD[TASK_STATUSES] = {4, 4, 5, 3, 76, 8};
    static const int YOUNG[TASK_STATUSES] = {34, 26, 18, 9, 11, 2};
    return pick_weighted(s, chance(s, age_percent) ? OLD : YOUNG,
                         TASK_STATUSES);
}

static void put_title(seed *s) {
    const char *verb = VERBS[pick(s, VERB_COUNT)];
    const char *object = OBJECTS[pick(s, OBJECT_COUNT)];
    const char *detail = chance(s, 55) ? DETAILS[pick(s, DETAIL_COUNT)] : "";
    char title[256];
    snprintf(title, sizeof title, "%s %s%s%s", verb, object,
             *detail != '\0' ? " " : "", detail);
    put_text(s, "title", title);
}

static void write_task(seed *s, int id) {
    static const char *const STATUSES[TASK_STATUSES] = {
        "BACKLOG", "TODO", "IN_PROGRESS", "IN_REVIEW", "DONE", "CANCELLED"};
    static const char *const PRIORITIES[] = {"LOW", "MEDIUM", "HIGH", "URGENT"};
    static const int PRIORITY_WEIGHTS[] = {25, 45, 22, 8};
    static const char *const ESTIMATES[] = {"0.5", "1", "2",  "3",
                                            "5",   "8", "13", "null"};
    project *p = &s->projects[pick(s, PROJECTS)];
    int age = (TASKS - id) * 100 / TASKS;
    int status = pick_status(s, age);
    int64_t created =
        p->starts_at + DAY * 240 * id / TASKS + pick(s, 30000) + 1;
    int64_t done = status == TASK_DONE ? created + pick(s, 30 * 86400) + 1 : 0;
    s->tasks[id] = (task){p->organization, created};
    bool is_subtask = p->last_large_task != 0 && chance(s, 15);

    begin_row(s);
    put_int(s, "id", id);
    put_text(s, "project_id", p->id);
    put_int(s, "number", ++p->task_count);
    put_title(s);
    put_text(s, "description",
             chance(s, 60) ? DESCRIPTIONS[pick(s, DESCRIPTION_COUNT)] : NULL);
    put_text(s, "status", STATUSES[status]);
    put_text(s, "priority", PRIORITIES[pick_weighted(s, PRIORITY_WEIGHTS, 4)]);
    put_text(s, "creator_id", pick_person(s, p->organization));
    put_text(s, "assignee_id",
             status > 0 && chance(s, 92) ? pick_person(s, p->organization)
                                         : NULL);
    if (is_subtask)
        put_int(s, "parent_id", p->last_large_task);
    else
        put_text(s, "parent_id", NULL);
    put_raw(s, "estimate_hours", ESTIMATES[pick(s, 8)]);
    put_time(s, "due_at",
             chance(s, 45) ? created + DAY * (3 + pick(s, 60)) : 0);
    put_time(s, "completed_at", done);
    put_time(s, "created_at", created);
    end_row(s);
    if (!is_subtask && chance(s, 10))
        p->last_large_task = id;
}

/* None, one or two, never the same one twice. */
static void write_task_labels(seed *s) {
    begin_table(s, "task_labels");
    for (int id = 1; id <= TASKS; id++) {
        int first = pick(s, LABEL_COUNT);
        int count = pick(s, 3);
        for (int i = 0; i < count; i++) {
            int label = (first + i * 5) % LABEL_COUNT;
            begin_row(s);
            put_int(s, "task_id", id);
            put_text(s, "label_id",
                     s->labels[s->tasks[id].organization][label]);
            end_row(s);
        }
    }
}

static void write_comments(seed *s) {
    begin_table(s, "comments");
    for (int id = 1; id <= TASKS; id++) {
        int count = chance(s, 45) ? 1 + pick(s, 4) : 0;
        int64_t when = s->tasks[id].created_at;
        for (int i = 0; i < count; i++) {
            char comment[ID_SIZE];
            when += 600 + pick(s, 3 * 86400);
            make_id(s, comment, when);
            begin_row(s);
            put_text(s, "id", comment);
            put_int(s, "task_id", id);
            put_text(s, "author_id", pick_person(s, s->tasks[id].organization));
            put_text(s, "body", COMMENTS[pick(s, COMMENT_COUNT)]);
            put_time(s, "created_at", when);
            end_row(s);
        }
    }
}

static void write_tasks(seed *s) {
    begin_table(s, "tasks");
    for (int id = 1; id <= TASKS; id++)
        write_task(s, id);
}

int main(int argc, char **argv) {
    static seed s = {.random = 20250106};
    if (argc != 2) {
        fputs("usage: launchpad_seed FOLDER\n", stderr);
        return 2;
    }
    s.folder = argv[1];
    write_organizations(&s);
    write_people(&s);
    write_labels(&s);
    write_projects(&s);
    write_tasks(&s);
    write_task_labels(&s);
    write_comments(&s);
    close_file(&s);
    return 0;
}
