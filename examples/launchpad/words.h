/* words.h: what the demo's rows are made of. Nothing here needs an escape in
 * JSON. */
#ifndef LAUNCHPAD_WORDS_H
#define LAUNCHPAD_WORDS_H

static const struct company {
    const char *slug;
    const char *name;
    const char *plan;
} COMPANIES[] = {
    {"meridian", "Meridian Freight", "BUSINESS"},
    {"oakwell", "Oakwell Clinics", "BUSINESS"},
    {"brightloom", "Brightloom Studio", "TEAM"},
    {"harbour", "Harbour Street Bakery", "FREE"},
};

static const char *const FIRST_NAMES[] = {
    "Amara",  "Jonas",  "Mei",        "Léa",    "Tomás", "Ingrid", "Yusuf",
    "Priya",  "Oskar",  "Zofia",      "Hannah", "Kwame", "Sara",   "Mateo",
    "Noor",   "Emil",   "Chiara",     "Dmitri", "Aiko",  "Femi",   "Clara",
    "Rafael", "Nadia",  "Viktor",     "Imogen", "Samir", "Elif",   "Lukas",
    "Thandi", "Joseph", "Małgorzata", "Björn",  "Renée", "Hugo",   "Paula",
};
enum { FIRST_NAME_COUNT = sizeof FIRST_NAMES / sizeof *FIRST_NAMES };

static const char *const LAST_NAMES[] = {
    "Okafor",   "Berg",    "Chen",     "Moreau",   "García",    "Lindqvist",
    "Demir",    "Nair",    "Novak",    "Kowalska", "Fischer",   "Mensah",
    "Haddad",   "Silva",   "Rahman",   "Hansen",   "Ricci",     "Volkov",
    "Tanaka",   "Adeyemi", "Weber",    "Costa",    "Petrov",    "Horvath",
    "Whitaker", "Khan",    "Yildiz",   "Meyer",    "Dlamini",   "Byrne",
    "Sørensen", "Dubois",  "Lombardi", "Ortega",   "Johansson",
};
enum { LAST_NAME_COUNT = sizeof LAST_NAMES / sizeof *LAST_NAMES };

static const char *const JOB_TITLES[] = {
    "Product manager",  "Frontend engineer", "Backend engineer",
    "Designer",         "Support lead",      "Operations",
    "Data analyst",     "Quality engineer",  "Customer success",
    "Technical writer", "Accountant",        "Marketing",
};
enum { JOB_TITLE_COUNT = sizeof JOB_TITLES / sizeof *JOB_TITLES };

static const struct label_words {
    const char *name;
    const char *color;
} LABELS[] = {
    {"bug", "#d64545"},
    {"feature", "#2f80ed"},
    {"documentation", "#6c7a89"},
    {"design", "#9b51e0"},
    {"performance", "#f2994a"},
    {"security", "#b00020"},
    {"accessibility", "#219653"},
    {"customer request", "#56ccf2"},
    {"good first task", "#27ae60"},
    {"blocked", "#4f4f4f"},
    {"legal", "#bb6bd9"},
    {"infrastructure", "#828282"},
};
enum { LABEL_COUNT = sizeof LABELS / sizeof *LABELS };

typedef struct project_words {
    const char *key;
    const char *name;
    const char *description;
} project_words;

static const project_words PROJECT_WORDS[] = {
    {"WEB", "Website relaunch",
     "A faster, clearer public site with one design for all pages."},
    {"APP", "Mobile app", "The daily work in a pocket, also without network."},
    {"PAY", "Payments", "Cards, transfers and refunds without spreadsheets."},
    {"OPS", "Operations", "Machines, backups and the pager."},
    {"CRM", "Customer desk", "One place for every question a customer asks."},
    {"DATA", "Reporting", "Numbers that finance and support agree on."},
    {"HIRE", "Hiring", "From the first mail to the first day."},
    {"LEGAL", "Compliance", "Contracts, retention and the yearly audit."},
};

static const char *const VERBS[] = {
    "Add",      "Fix",       "Redesign", "Investigate", "Remove",
    "Document", "Speed up",  "Test",     "Translate",   "Simplify",
    "Replace",  "Review",    "Monitor",  "Automate",    "Migrate",
    "Plan",     "Prototype", "Clean up", "Measure",     "Harden",
};
enum { VERB_COUNT = sizeof VERBS / sizeof *VERBS };

static const char *const OBJECTS[] = {
    "the sign-in form",        "the CSV export",
    "password reset mails",    "the invoice template",
    "the search page",         "webhook retries",
    "the nightly backup",      "the onboarding tour",
    "the pricing table",       "image uploads",
    "the audit log",           "the calendar view",
    "keyboard shortcuts",      "the notification list",
    "the settings page",       "role assignments",
    "the refund flow",         "the monthly report",
    "the staging environment", "session handling",
    "the contact form",        "address validation",
    "the tax calculation",     "the map of deliveries",
    "appointment reminders",   "the recipe cards",
    "the print layout",        "two-factor sign-in",
    "the data import",         "the status page",
    "the cookie notice",       "the supplier list",
    "the loading states",      "error messages",
    "the mobile navigation",   "the dashboard tiles",
    "file previews",           "the approval step",
    "team invitations",        "the archive",
};
enum { OBJECT_COUNT = sizeof OBJECTS / sizeof *OBJECTS };

static const char *const DETAILS[] = {
    "for large accounts",
    "on slow connections",
    "in dark mode",
    "for guests",
    "after the time change",
    "on small screens",
    "before the spring release",
    "for the Lisbon office",
    "when the session expires",
    "with more than 1,000 rows",
    "for right-to-left scripts",
    "behind a proxy",
    "for screen readers",
    "in the trial plan",
    "after a failed payment",
    "for shared mailboxes",
};
enum { DETAIL_COUNT = sizeof DETAILS / sizeof *DETAILS };

static const char *const DESCRIPTIONS[] = {
    "Came up in three support conversations this week.",
    "Steps to reproduce are in the first comment.",
    "Agree on the wording with legal before it ships.",
    "Small, but it blocks the release notes.",
    "The current behaviour surprises new people; see the recording.",
    "Split this when it takes longer than two days.",
    "Numbers before and after, please.",
    "Needs a decision by the project lead.",
    "Half of this exists already on the old branch.",
    "Ask the Lisbon office how they work around it today.",
};
enum { DESCRIPTION_COUNT = sizeof DESCRIPTIONS / sizeof *DESCRIPTIONS };

static const char *const COMMENTS[] = {
    "I can take this one.",
    "Could you add a screenshot?",
    "Same thing for me, also in a private window.",
    "Deployed to staging, please have a look.",
    "Let us do the simple version first.",
    "This depends on the contract with the supplier.",
    "Confirmed with two customers, both are happy now.",
    "Moved to next week, the review took longer.",
    "The numbers look right: 40 % faster on the large account.",
    "Reopened, the mail still goes out twice.",
    "Thanks, merging.",
    "Nice catch!",
    "I would rather not add a setting for this.",
    "Who can test this on an old phone?",
};
enum { COMMENT_COUNT = sizeof COMMENTS / sizeof *COMMENTS };

#endif
