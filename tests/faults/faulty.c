/* Kills its process, or lets a system call fail, at the n-th call that changes a file of a watched folder; or writes
 * all such calls down, for images of a power cut. Loaded by LD_PRELOAD and idle until faulty_arm is called.
 *
 * Record of a call: kind (1 byte), length of path, offset, length of data (8 bytes each), path, data.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { COUNT, KILL_BEFORE, KILL_AFTER, KILL_TORN, EIO_ONCE, FULL_ONCE, EIO_FOR_GOOD, FULL_FOR_GOOD };

static char folder[4096];
static int mode = COUNT, journal = -1;
static long at, seen;

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

void faulty_arm(const char *path, int how, long which, int record_to) {
    snprintf(folder, sizeof folder, "%s/", path);
    mode = how, at = which, seen = 0, journal = record_to;
}

long faulty_seen(void) { return seen; }

static int watched(const char *path) { return folder[0] && strncmp(path, folder, strlen(folder)) == 0 && !strstr(path, "-shm"); }

static const char *path_of(int fd) {
    static char path[4096];
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = folder[0] ? readlink(link, path, sizeof path - 2) : -1;
    path[length < 0 ? 0 : length] = 0;
    struct stat what;
    if (length > 0 && fstat(fd, &what) == 0 && S_ISDIR(what.st_mode)) strcat(path, "/");
    return path;
}

void faulty_note(char kind, const char *path, int64_t offset, const void *data, int64_t length) {
    int64_t sizes[3] = {strlen(path), offset, length};
    if (journal < 0) return;
    REAL(write)(journal, &kind, 1);
    REAL(write)(journal, sizes, sizeof sizes);
    REAL(write)(journal, path, sizes[0]);
    if (length) REAL(write)(journal, data, length);
}

static int due(void) {
    seen++;
    if (mode == COUNT || seen < at || (seen > at && mode < EIO_FOR_GOOD)) return COUNT;
    if (mode == KILL_BEFORE) raise(SIGKILL);
    errno = mode == EIO_ONCE || mode == EIO_FOR_GOOD ? EIO : ENOSPC;
    return mode;
}

static void maybe_die(int how) { if (how == KILL_AFTER || how == KILL_TORN) raise(SIGKILL); }

static ssize_t put(int fd, const void *data, size_t length, off_t offset) {
    const char *path = path_of(fd);
    int ours = watched(path), how = ours ? due() : COUNT;
    if (how >= EIO_ONCE && how != FULL_ONCE && how != FULL_FOR_GOOD) return -1;
    if (ours) faulty_note('W', path, offset < 0 ? lseek(fd, 0, SEEK_CUR) : offset, data, length);
    size_t part = how >= KILL_TORN ? length / 2 : length;
    ssize_t done = offset < 0 ? REAL(write)(fd, data, part) : REAL(pwrite)(fd, data, part, offset);
    maybe_die(how);
    if (how >= EIO_ONCE) { errno = ENOSPC; return -1; }
    return done;
}

ssize_t write(int fd, const void *data, size_t length) { return put(fd, data, length, -1); }
ssize_t pwrite(int fd, const void *data, size_t length, off_t offset) { return put(fd, data, length, offset); }
ssize_t pwrite64(int fd, const void *data, size_t length, off64_t offset) { return put(fd, data, length, offset); }

#define FAULTY(kind, path, offset, other, call) \
    const char *here = path; \
    int how = watched(here) ? due() : COUNT; \
    if (how >= EIO_ONCE) return -1; \
    if (watched(here)) faulty_note(kind, here, offset, other, strlen(other)); \
    int done = call; \
    maybe_die(how); \
    return done;

int fsync(int fd) { FAULTY('S', path_of(fd), 0, "", REAL(fsync)(fd)) }
int fdatasync(int fd) { FAULTY('S', path_of(fd), 0, "", REAL(fdatasync)(fd)) }
int ftruncate(int fd, off_t size) { FAULTY('T', path_of(fd), size, "", REAL(ftruncate)(fd, size)) }
int ftruncate64(int fd, off64_t size) { FAULTY('T', path_of(fd), size, "", REAL(ftruncate)(fd, size)) }
int unlink(const char *path) { FAULTY('U', path, 0, "", REAL(unlink)(path)) }
int rename(const char *from, const char *to) { FAULTY('R', from, 0, to, REAL(rename)(from, to)) }
int mkdir(const char *path, mode_t rights) { FAULTY('M', path, 0, "", REAL(mkdir)(path, rights)) }
