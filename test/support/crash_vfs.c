#include "test/support/crash_vfs.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/assert.h"

typedef sqlite3_int64 offset;

enum { BLOCK = 4096 };

/* A file as this process sees it, shared by all of its handles. A block that
 * is there hides that of the real file. */
typedef struct disk {
    struct disk *next;
    char *path;
    pthread_mutex_t lock;
    bool is_open;
    int handles;
    int kind;
    offset size; /* as the process sees it */
    offset kept; /* so much of the real file was not cut off since the sync */
    unsigned char **blocks;
    size_t block_count;
} disk;

typedef struct crash_file {
    sqlite3_file base;
    disk *disk;         /* NULL for a temporary file, which is passed on */
    sqlite3_file *real; /* in the same allocation, behind this struct */
} crash_file;

/* A VFS is process-wide in SQLite, so its state is as well. Disks stay until
 * the process ends. */
static struct {
    pthread_mutex_t lock;
    sqlite3_vfs vfs;
    sqlite3_vfs *below;
    disk *disks;
    crash_faults *faults;
    crash_faults own_faults;
} crash = {.lock = PTHREAD_MUTEX_INITIALIZER};

static crash_file *crash_file_of(sqlite3_file *file) {
    return (crash_file *)(void *)file;
}

/* ---- the blocks of a disk; all of this under its lock ------------------ */

static size_t least(offset a, offset b) {
    return (size_t)(a < b ? a : b);
}

/* Reads the real file as far as it still counts; the rest is zero. */
static int read_kept(const disk *d, sqlite3_file *real, unsigned char *to,
                     size_t n, offset at) {
    memset(to, 0, n);
    if (at >= d->kept)
        return SQLITE_OK;
    int rc = real->pMethods->xRead(real, to,
                                   (int)least((offset)n, d->kept - at), at);
    return rc == SQLITE_IOERR_SHORT_READ ? SQLITE_OK : rc;
}

static void reserve_blocks(disk *d, size_t count) {
    if (count <= d->block_count)
        return;
    size_t grown = count + count / 2;
    unsigned char **blocks =
        realloc(d->blocks, grown * sizeof(unsigned char *));
    ASSERT(blocks != NULL);
    memset(blocks + d->block_count, 0,
           (grown - d->block_count) * sizeof(unsigned char *));
    d->blocks = blocks;
    d->block_count = grown;
}

/* The block with this number in memory, fetched when it is not there. */
static int hold_block(disk *d, sqlite3_file *real, size_t number,
                      unsigned char **out) {
    reserve_blocks(d, number + 1);
    if (d->blocks[number] == NULL) {
        unsigned char *block = malloc(BLOCK);
        ASSERT(block != NULL);
        int rc = read_kept(d, real, block, BLOCK, (offset)number * BLOCK);
        if (rc != SQLITE_OK) {
            free(block);
            return rc;
        }
        d->blocks[number] = block;
    }
    *out = d->blocks[number];
    return SQLITE_OK;
}

static void drop_blocks(disk *d, size_t from) {
    for (size_t i = from; i < d->block_count; i++) {
        free(d->blocks[i]);
        d->blocks[i] = NULL;
    }
}

/* The part of block at/BLOCK that [at, at + n) touches. */
static size_t span_in_block(offset at, size_t n) {
    size_t room = BLOCK - (size_t)(at % BLOCK);
    return n < room ? n : room;
}

static int disk_read(disk *d, sqlite3_file *real, unsigned char *to, size_t n,
                     offset at) {
    while (n > 0) {
        size_t span = span_in_block(at, n);
        size_t number = (size_t)(at / BLOCK);
        if (number < d->block_count && d->blocks[number] != NULL) {
            memcpy(to, d->blocks[number] + at % BLOCK, span);
        } else {
            int rc = read_kept(d, real, to, span, at);
            if (rc != SQLITE_OK)
                return rc;
        }
        to += span;
        at += (offset)span;
        n -= span;
    }
    return SQLITE_OK;
}

static int disk_write(disk *d, sqlite3_file *real, const unsigned char *from,
                      size_t n, offset at) {
    while (n > 0) {
        size_t span = span_in_block(at, n);
        unsigned char *block = NULL;
        int rc = hold_block(d, real, (size_t)(at / BLOCK), &block);
        if (rc != SQLITE_OK)
            return rc;
        memcpy(block + at % BLOCK, from, span);
        from += span;
        at += (offset)span;
        n -= span;
        if (d->size < at)
            d->size = at;
    }
    return SQLITE_OK;
}

static void disk_truncate(disk *d, offset size) {
    size_t number = (size_t)(size / BLOCK);
    size_t rest = (size_t)(size % BLOCK);
    drop_blocks(d, rest == 0 ? number : number + 1);
    if (rest > 0 && number < d->block_count && d->blocks[number] != NULL)
        memset(d->blocks[number] + rest, 0, BLOCK - rest);
    d->size = size;
    if (d->kept > size)
        d->kept = size;
}

/* Writes backwards: a kill in the middle leaves the end without the start,
 * which is as likely on a disk as the other way round, and less kind. */
static int disk_flush(disk *d, sqlite3_file *real) {
    int rc = real->pMethods->xTruncate(real, d->kept);
    for (size_t i = d->block_count; rc == SQLITE_OK && i-- > 0;) {
        if (d->blocks[i] == NULL)
            continue;
        offset at = (offset)i * BLOCK;
        rc = real->pMethods->xWrite(real, d->blocks[i],
                                    (int)least(BLOCK, d->size - at), at);
    }
    if (rc == SQLITE_OK)
        rc = real->pMethods->xTruncate(real, d->size);
    if (rc == SQLITE_OK) {
        drop_blocks(d, 0);
        d->kept = d->size;
    }
    return rc;
}

/* ---- faults ------------------------------------------------------------ */

static bool is_concerned(const disk *d) {
    int32_t files = atomic_load(&crash.faults->files);
    return files == 0 || (files & d->kind) != 0;
}

static bool take_one(_Atomic int32_t *count) {
    int32_t left = atomic_load(count);
    while (left > 0 && !atomic_compare_exchange_weak(count, &left, left - 1)) {
    }
    return left != 0;
}

static int fault_of(_Atomic int32_t *error, _Atomic int32_t *count) {
    int code = atomic_load(error);
    if (code == 0 || !take_one(count))
        return SQLITE_OK;
    atomic_fetch_add(&crash.faults->delivered, 1);
    errno = code == SQLITE_FULL ? ENOSPC : EIO;
    return code;
}

static int write_fault(const disk *d) {
    crash_faults *f = crash.faults;
    if (!is_concerned(d) || atomic_load(&f->write_error) == 0 ||
        take_one(&f->write_skip))
        return SQLITE_OK;
    return fault_of(&f->write_error, &f->write_count);
}

static int sync_fault(const disk *d) {
    crash_faults *f = crash.faults;
    if (!is_concerned(d))
        return SQLITE_OK;
    int32_t delay_us = atomic_load(&f->sync_delay_us);
    if (delay_us > 0)
        usleep((useconds_t)delay_us);
    return fault_of(&f->sync_error, &f->sync_count);
}

/* ---- sqlite3_io_methods ------------------------------------------------ */

static int file_close(sqlite3_file *file) {
    crash_file *f = crash_file_of(file);
    if (f->disk != NULL) {
        pthread_mutex_lock(&crash.lock);
        f->disk->handles--;
        pthread_mutex_unlock(&crash.lock);
    }
    return f->real->pMethods->xClose(f->real);
}

static int file_read(sqlite3_file *file, void *to, int n, offset at) {
    crash_file *f = crash_file_of(file);
    if (f->disk == NULL)
        return f->real->pMethods->xRead(f->real, to, n, at);
    pthread_mutex_lock(&f->disk->lock);
    int rc = disk_read(f->disk, f->real, to, (size_t)n, at);
    if (rc == SQLITE_OK && at + n > f->disk->size)
        rc = SQLITE_IOERR_SHORT_READ;
    pthread_mutex_unlock(&f->disk->lock);
    return rc;
}

static int file_write(sqlite3_file *file, const void *from, int n, offset at) {
    crash_file *f = crash_file_of(file);
    if (f->disk == NULL)
        return f->real->pMethods->xWrite(f->real, from, n, at);
    int rc = write_fault(f->disk);
    if (rc != SQLITE_OK)
        return rc;
    pthread_mutex_lock(&f->disk->lock);
    rc = disk_write(f->disk, f->real, from, (size_t)n, at);
    pthread_mutex_unlock(&f->disk->lock);
    return rc;
}

static int file_truncate(sqlite3_file *file, offset size) {
    crash_file *f = crash_file_of(file);
    if (f->disk == NULL)
        return f->real->pMethods->xTruncate(f->real, size);
    pthread_mutex_lock(&f->disk->lock);
    disk_truncate(f->disk, size);
    pthread_mutex_unlock(&f->disk->lock);
    return SQLITE_OK;
}

/* The real file is not synced: against a kill the page cache is safe enough,
 * and the tests stay quick. */
static int file_sync(sqlite3_file *file, int flags) {
    crash_file *f = crash_file_of(file);
    if (f->disk == NULL)
        return f->real->pMethods->xSync(f->real, flags);
    int rc = sync_fault(f->disk);
    if (rc != SQLITE_OK)
        return rc;
    pthread_mutex_lock(&f->disk->lock);
    rc = disk_flush(f->disk, f->real);
    pthread_mutex_unlock(&f->disk->lock);
    if (rc == SQLITE_OK)
        atomic_fetch_add(&crash.faults->syncs, 1);
    return rc;
}

static int file_size(sqlite3_file *file, offset *out) {
    crash_file *f = crash_file_of(file);
    if (f->disk == NULL)
        return f->real->pMethods->xFileSize(f->real, out);
    pthread_mutex_lock(&f->disk->lock);
    *out = f->disk->size;
    pthread_mutex_unlock(&f->disk->lock);
    return SQLITE_OK;
}

static int file_lock(sqlite3_file *file, int level) {
    sqlite3_file *real = crash_file_of(file)->real;
    return real->pMethods->xLock(real, level);
}

static int file_unlock(sqlite3_file *file, int level) {
    sqlite3_file *real = crash_file_of(file)->real;
    return real->pMethods->xUnlock(real, level);
}

static int file_check_reserved_lock(sqlite3_file *file, int *out) {
    sqlite3_file *real = crash_file_of(file)->real;
    return real->pMethods->xCheckReservedLock(real, out);
}

/* The hints that would change the real file early are swallowed. */
static int file_control(sqlite3_file *file, int op, void *arg) {
    crash_file *f = crash_file_of(file);
    if (f->disk != NULL &&
        (op == SQLITE_FCNTL_SIZE_HINT || op == SQLITE_FCNTL_CHUNK_SIZE))
        return SQLITE_OK;
    if (f->disk != NULL && op == SQLITE_FCNTL_MMAP_SIZE) {
        *(offset *)arg = 0;
        return SQLITE_OK;
    }
    return f->real->pMethods->xFileControl(f->real, op, arg);
}

static int file_sector_size(sqlite3_file *file) {
    sqlite3_file *real = crash_file_of(file)->real;
    return real->pMethods->xSectorSize(real);
}

static int file_characteristics(sqlite3_file *file) {
    sqlite3_file *real = crash_file_of(file)->real;
    return real->pMethods->xDeviceCharacteristics(real);
}

static int file_shm_map(sqlite3_file *file, int region, int size, int extend,
                        void volatile **out) {
    sqlite3_file *real = crash_file_of(file)->real;
    return real->pMethods->xShmMap(real, region, size, extend, out);
}

static int file_shm_lock(sqlite3_file *file, int at, int n, int flags) {
    sqlite3_file *real = crash_file_of(file)->real;
    return real->pMethods->xShmLock(real, at, n, flags);
}

static void file_shm_barrier(sqlite3_file *file) {
    sqlite3_file *real = crash_file_of(file)->real;
    real->pMethods->xShmBarrier(real);
}

static int file_shm_unmap(sqlite3_file *file, int delete) {
    sqlite3_file *real = crash_file_of(file)->real;
    return real->pMethods->xShmUnmap(real, delete);
}

/* Version 2: shared memory, but no mapped reads, which would go past us. */
static const sqlite3_io_methods METHODS = {
    .iVersion = 2,
    .xClose = file_close,
    .xRead = file_read,
    .xWrite = file_write,
    .xTruncate = file_truncate,
    .xSync = file_sync,
    .xFileSize = file_size,
    .xLock = file_lock,
    .xUnlock = file_unlock,
    .xCheckReservedLock = file_check_reserved_lock,
    .xFileControl = file_control,
    .xSectorSize = file_sector_size,
    .xDeviceCharacteristics = file_characteristics,
    .xShmMap = file_shm_map,
    .xShmLock = file_shm_lock,
    .xShmBarrier = file_shm_barrier,
    .xShmUnmap = file_shm_unmap,
};

/* ---- sqlite3_vfs ------------------------------------------------------- */

static int kind_of(int flags) {
    if ((flags & SQLITE_OPEN_MAIN_DB) != 0)
        return CRASH_DATABASE;
    if ((flags & SQLITE_OPEN_WAL) != 0)
        return CRASH_WAL;
    return (flags & SQLITE_OPEN_MAIN_JOURNAL) != 0 ? CRASH_JOURNAL : 0;
}

/* Under the lock of all. */
static disk *find_disk(const char *path) {
    disk *d = crash.disks;
    while (d != NULL && strcmp(d->path, path) != 0)
        d = d->next;
    return d;
}

static disk *new_disk(const char *path, int kind) {
    disk *d = calloc(1, sizeof *d);
    ASSERT(d != NULL);
    d->path = strdup(path);
    ASSERT(d->path != NULL);
    d->kind = kind;
    pthread_mutex_init(&d->lock, NULL);
    d->next = crash.disks;
    crash.disks = d;
    return d;
}

/* A disk that was not seen yet, or was deleted since, starts as the file. */
static int attach_disk(crash_file *f, const char *path, int kind) {
    pthread_mutex_lock(&crash.lock);
    disk *d = find_disk(path);
    if (d == NULL)
        d = new_disk(path, kind);
    int rc = SQLITE_OK;
    if (!d->is_open) {
        rc = f->real->pMethods->xFileSize(f->real, &d->size);
        d->kept = d->size;
        d->is_open = rc == SQLITE_OK;
    }
    if (rc == SQLITE_OK) {
        d->handles++;
        f->disk = d;
    }
    pthread_mutex_unlock(&crash.lock);
    return rc;
}

static int vfs_open(sqlite3_vfs *vfs, const char *path, sqlite3_file *file,
                    int flags, int *out_flags) {
    (void)vfs;
    crash_file *f = crash_file_of(file);
    *f = (crash_file){.real = (sqlite3_file *)(void *)(f + 1)};
    int rc = crash.below->xOpen(crash.below, path, f->real, flags, out_flags);
    if (rc != SQLITE_OK)
        return rc;
    int kind = kind_of(flags);
    if (path != NULL && kind != 0)
        rc = attach_disk(f, path, kind);
    if (rc != SQLITE_OK) {
        f->real->pMethods->xClose(f->real);
        return rc;
    }
    f->base.pMethods = &METHODS;
    return SQLITE_OK;
}

static int vfs_delete(sqlite3_vfs *vfs, const char *path, int sync_directory) {
    (void)vfs;
    pthread_mutex_lock(&crash.lock);
    disk *d = find_disk(path);
    if (d != NULL) {
        ASSERT(d->handles == 0);
        drop_blocks(d, 0);
        d->is_open = false;
    }
    pthread_mutex_unlock(&crash.lock);
    return crash.below->xDelete(crash.below, path, sync_directory);
}

/* The VFS beneath takes an empty file for an absent one. */
static int vfs_access(sqlite3_vfs *vfs, const char *path, int flags, int *out) {
    (void)vfs;
    pthread_mutex_lock(&crash.lock);
    disk *d = find_disk(path);
    bool has_content = d != NULL && d->is_open && d->size > 0;
    pthread_mutex_unlock(&crash.lock);
    if (flags == SQLITE_ACCESS_EXISTS && has_content) {
        *out = 1;
        return SQLITE_OK;
    }
    return crash.below->xAccess(crash.below, path, flags, out);
}

static crash_faults *map_faults(const char *path) {
    if (path == NULL)
        return &crash.own_faults;
    int fd = open(path, O_RDWR | O_CLOEXEC);
    ASSERT(fd >= 0 && "CRASH_VFS_FAULTS names a file");
    void *map = mmap(NULL, sizeof(crash_faults), PROT_READ | PROT_WRITE,
                     MAP_SHARED, fd, 0);
    ASSERT(map != MAP_FAILED);
    close(fd);
    return map;
}

/* What is not replaced here needs nothing of the VFS it is called with. */
static int register_once(void) {
    crash.below = sqlite3_vfs_find(NULL);
    if (crash.below == NULL)
        return SQLITE_ERROR;
    crash.faults = map_faults(getenv("CRASH_VFS_FAULTS"));
    crash.vfs = *crash.below;
    crash.vfs.pNext = NULL;
    crash.vfs.zName = "crash";
    crash.vfs.szOsFile += (int)sizeof(crash_file);
    crash.vfs.xOpen = vfs_open;
    crash.vfs.xDelete = vfs_delete;
    crash.vfs.xAccess = vfs_access;
    return sqlite3_vfs_register(&crash.vfs, 1);
}

int crash_vfs_register(void) {
    pthread_mutex_lock(&crash.lock);
    int rc = SQLITE_OK;
    if (crash.below == NULL)
        rc = register_once();
    pthread_mutex_unlock(&crash.lock);
    return rc;
}

crash_faults *crash_vfs_faults(void) {
    return crash.faults;
}
