/*
 * files.h: which files a schema consists of.
 *
 * A schema is a file with what it imports, or all schema files of a folder:
 *
 *     import "./billing"          beside this file, with or without .prisma
 *
 * Names of all files are in one space, and their order does not matter. Each
 * file is read once, however many import it.
 */
#ifndef SCHEMA_FILES_H
#define SCHEMA_FILES_H

#include "base/arena.h"
#include "base/err.h"
#include "schema/diag.h"
#include "schema/engine_kind.h"
#include "schema/syntax.h"

/* Of all files of a schema together. */
enum { SCHEMA_MAX_BYTES = 16 * 1024 * 1024 };

typedef struct schema_files {
    str path; /* what was asked for */
    const syntax_file *const *items;
    size_t count;
    bool is_damaged; /* a file that was imported is not here */
} schema_files;

/* Where texts come from: the disk, or an editor that has newer ones. read fails
 * with ERR_NOT_FOUND when there is no such file. */
typedef struct file_reader {
    err *(*read)(const struct file_reader *r, arena *a, str path, str *out);
    size_t max_folders; /* that a schema may have; 0: any number */
} file_reader;

extern const file_reader FILE_READER_DISK;

/* Is it called as schema files are? */
bool schema_files_has_extension(str path);

/* The schema files in a folder and below it, but for folders of other tools.
 * ERR_NOT_FOUND when there is none, ERR_TOO_LARGE when there are more folders
 * than that, unless it is 0. Blocks. */
fallible schema_files_find(arena *a, str folder, size_t max_folders, str **out,
                           size_t *count);

/* path is a file or a folder. What is wrong with the files is in diags, and no
 * err; an err is what keeps us from reading the first. Blocks. */
fallible schema_files_read(arena *a, str path, diag_list *diags,
                           schema_files *out);

/* The same with all texts from the reader; which files a folder has, the disk
 * says. */
fallible schema_files_read_with(arena *a, const file_reader *r, str path,
                                diag_list *diags, schema_files *out);

/* One file, which imports nothing that could be read. */
schema_files schema_files_of_text(arena *a, str path, str text,
                                  diag_list *diags);

/* The engine that the datasource's provider names. False when there is no
 * datasource, or another provider. */
bool schema_files_provider(const schema_files *files, engine_kind *out);

#endif
