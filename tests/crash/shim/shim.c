/* Loaded into a program before libc (LD_PRELOAD): it counts what the program does with the
   files of one folder and with its sockets, and at a chosen one of these events kills or
   stops the program, or lets the call fail. It also keeps a copy of what was synced, which
   is all that a loss of power would leave.

   CRASH_DIR     the folder whose files count
   CRASH_KIND    which events count: any (the default), write, sync, truncate, rename, unlink,
                 send, recv
   CRASH_SUFFIX  only those of files whose name ends so
   CRASH_AT      the number of the event, from 1
   CRASH_ACTION  kill, torn (half of a write, then kill), stop, eio, enospc, none
   CRASH_TIMES   how many events in a row fail (1); 0: all from then on
   CRASH_LOG     a file for the names of the events, one a line
   CRASH_SHADOW  a folder for what was synced
   CRASH_STEP    by how many seconds the wall clock is set at the event; without CRASH_AT, from the start
   CRASH_PAUSE   how many microseconds each cut of a file takes more, in which others may find it cut */

#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#define PAGE 4096
#define MAX_PAGES (1 << 18)

static long counted;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static const char *setting(const char *name, const char *otherwise) {
    const char *value = getenv(name);
    return value && *value ? value : otherwise;
}

/* The name of a file in the folder, relative to it ("." is the folder itself), or NULL. */
static const char *name_in_folder(const char *path) {
    const char *folder = setting("CRASH_DIR", "/nowhere");
    size_t length = strlen(folder);
    if (strncmp(path, folder, length) != 0) return NULL;
    if (path[length] == '\0') return ".";
    return path[length] == '/' ? path + length + 1 : NULL;
}

static const char *name_of(int fd, char *path, size_t size) {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, size - 1);
    if (length < 0) return NULL;
    path[length] = '\0';
    return name_in_folder(path);
}

static int is_internet(int fd) {
    struct sockaddr_storage address;
    socklen_t length = sizeof address;
    int before = errno;
    int found = getsockname(fd, (struct sockaddr *)&address, &length) == 0 &&
                (address.ss_family == AF_INET || address.ss_family == AF_INET6);
    errno = before;
    return found;
}

static int ends_with(const char *name, const char *suffix) {
    size_t length = strlen(name), wanted = strlen(suffix);
    return length >= wanted && strcmp(name + length - wanted, suffix) == 0;
}

/* Counts an event. 0: nothing is to happen; else 1: it is the chosen one, or one that fails. */
static int is_chosen(const char *kind, const char *name) {
    const char *log = getenv("CRASH_LOG");
    const char *wanted = setting("CRASH_KIND", "any"), *suffix = getenv("CRASH_SUFFIX");
    if (strcmp(wanted, "any") != 0 && strcmp(wanted, kind) != 0) return 0;
    if (suffix && !ends_with(name, suffix)) return 0;
    long number = __atomic_add_fetch(&counted, 1, __ATOMIC_SEQ_CST);
    if (log) {
        char line[512];
        int length = snprintf(line, sizeof line, "%s %s\n", kind, name);
        int fd = (int)syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
        if (fd >= 0) {
            syscall(SYS_write, fd, line, length);
            syscall(SYS_close, fd);
        }
    }
    long at = atol(setting("CRASH_AT", "0")), times = atol(setting("CRASH_TIMES", "1"));
    return at > 0 && number >= at && (times == 0 || number < at + times);
}

static int acts(const char *action) { return strcmp(setting("CRASH_ACTION", "kill"), action) == 0; }

/* The error that the call fails with, or 0. */
static int failure(int chosen) {
    if (!chosen) return 0;
    return acts("eio") ? EIO : acts("enospc") ? ENOSPC : 0;
}

static int is_clock_set;

/* After the event. */
static void finish(int chosen) {
    if (!chosen) return;
    int before = errno;
    is_clock_set = 1;
    if (acts("kill") || acts("torn")) kill(getpid(), SIGKILL);
    /* This thread itself: it would go on until another one has taken the process's signal. */
    if (acts("stop")) raise(SIGSTOP);
    errno = before;
}

int clock_gettime(clockid_t clock, struct timespec *time) {
    int result = (int)syscall(SYS_clock_gettime, clock, time);
    const char *step = clock == CLOCK_REALTIME ? getenv("CRASH_STEP") : NULL;
    if (result == 0 && step && (is_clock_set || !getenv("CRASH_AT"))) time->tv_sec += atol(step);
    return result;
}

int gettimeofday(struct timeval *restrict time, void *restrict zone) {
    struct timespec now;
    (void)zone;
    int result = clock_gettime(CLOCK_REALTIME, &now);
    time->tv_sec = now.tv_sec;
    time->tv_usec = now.tv_nsec / 1000;
    return result;
}

/* Which pages of a file were written and not synced. */
struct dirty {
    ino_t file;
    unsigned char *pages;
    struct dirty *next;
};
static struct dirty *files;

static struct dirty *dirty_of(ino_t file) {
    for (struct dirty *it = files; it; it = it->next)
        if (it->file == file) return it;
    struct dirty *it = calloc(1, sizeof *it);
    it->file = file;
    it->pages = malloc(MAX_PAGES);
    /* What another process wrote before may not be synced. */
    memset(it->pages, 1, MAX_PAGES);
    it->next = files;
    files = it;
    return it;
}

static void note_write(int fd, off_t at, ssize_t count) {
    struct stat status;
    if (!getenv("CRASH_SHADOW") || count <= 0 || fstat(fd, &status) != 0) return;
    pthread_mutex_lock(&lock);
    struct dirty *file = dirty_of(status.st_ino);
    for (off_t page = at / PAGE; page <= (at + count - 1) / PAGE && page < MAX_PAGES; page++) file->pages[page] = 1;
    pthread_mutex_unlock(&lock);
}

static void copy_synced(int fd, const struct stat *status, int succeeded) {
    char path[4096], page[PAGE];
    struct dirty *file = dirty_of(status->st_ino);
    snprintf(path, sizeof path, "%s/%lu", getenv("CRASH_SHADOW"), (unsigned long)status->st_ino);
    int shadow = succeeded ? open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600) : -1;
    for (off_t number = 0; number * PAGE < status->st_size && number < MAX_PAGES; number++) {
        if (!file->pages[number]) continue;
        /* After an error the kernel takes the page for clean, too. */
        file->pages[number] = 0;
        if (shadow < 0) continue;
        ssize_t count = syscall(SYS_pread64, fd, page, PAGE, number * PAGE);
        if (count > 0) syscall(SYS_pwrite64, shadow, page, count, number * PAGE);
    }
    if (shadow >= 0) {
        syscall(SYS_ftruncate, shadow, status->st_size);
        syscall(SYS_close, shadow);
    }
}

/* The names that the folder has now. */
static void copy_names(void) {
    char path[4096], next[4096];
    snprintf(path, sizeof path, "%s/names", getenv("CRASH_SHADOW"));
    snprintf(next, sizeof next, "%s/names-next", getenv("CRASH_SHADOW"));
    FILE *out = fopen(next, "w");
    DIR *folder = opendir(setting("CRASH_DIR", "/nowhere"));
    struct dirent *entry;
    while (out && folder && (entry = readdir(folder)))
        if (entry->d_type == DT_REG) fprintf(out, "%lu %s\n", (unsigned long)entry->d_ino, entry->d_name);
    if (folder) closedir(folder);
    if (out) fclose(out);
    syscall(SYS_renameat2, AT_FDCWD, next, AT_FDCWD, path, 0);
}

static void note_sync(int fd, int succeeded) {
    struct stat status;
    if (!getenv("CRASH_SHADOW") || fstat(fd, &status) != 0) return;
    int before = errno;
    pthread_mutex_lock(&lock);
    if (!S_ISDIR(status.st_mode)) copy_synced(fd, &status, succeeded);
    else if (succeeded) copy_names();
    pthread_mutex_unlock(&lock);
    errno = before;
}

static ssize_t write_at(int fd, const void *bytes, size_t count, off_t at) {
    char path[4096];
    const char *name = name_of(fd, path, sizeof path);
    if (!name) return syscall(SYS_pwrite64, fd, bytes, count, at);
    int chosen = is_chosen("write", name);
    int error = failure(chosen);
    if (error) {
        errno = error;
        return -1;
    }
    if (chosen && acts("torn")) count = (count + 1) / 2;
    ssize_t written = syscall(SYS_pwrite64, fd, bytes, count, at);
    note_write(fd, at, written);
    finish(chosen);
    return written;
}

ssize_t pwrite(int fd, const void *bytes, size_t count, off_t at) { return write_at(fd, bytes, count, at); }
ssize_t pwrite64(int fd, const void *bytes, size_t count, off64_t at) { return write_at(fd, bytes, count, at); }

static int sync_file(int fd, long call) {
    char path[4096];
    const char *name = name_of(fd, path, sizeof path);
    if (!name) return (int)syscall(call, fd);
    int chosen = is_chosen("sync", name);
    int error = failure(chosen);
    if (error) {
        note_sync(fd, 0);
        errno = error;
        return -1;
    }
    int result = (int)syscall(call, fd);
    note_sync(fd, result == 0);
    finish(chosen);
    return result;
}

int fsync(int fd) { return sync_file(fd, SYS_fsync); }
int fdatasync(int fd) { return sync_file(fd, SYS_fdatasync); }

static int truncate_file(int fd, off_t size) {
    char path[4096];
    const char *name = name_of(fd, path, sizeof path);
    if (!name) return (int)syscall(SYS_ftruncate, fd, size);
    int chosen = is_chosen("truncate", name);
    int error = failure(chosen);
    if (error) {
        errno = error;
        return -1;
    }
    int result = (int)syscall(SYS_ftruncate, fd, size);
    usleep((useconds_t)atol(setting("CRASH_PAUSE", "0")));
    finish(chosen);
    return result;
}

int ftruncate(int fd, off_t size) { return truncate_file(fd, size); }
int ftruncate64(int fd, off64_t size) { return truncate_file(fd, size); }

int rename(const char *from, const char *to) {
    const char *name = name_in_folder(to);
    int chosen = name && is_chosen("rename", name);
    int error = failure(chosen);
    if (error) {
        errno = error;
        return -1;
    }
    int result = (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
    finish(chosen);
    return result;
}

int unlink(const char *path) {
    const char *name = name_in_folder(path);
    int chosen = name && is_chosen("unlink", name);
    int result = (int)syscall(SYS_unlinkat, AT_FDCWD, path, 0);
    finish(chosen);
    return result;
}

/* Whether bytes that came or went on a socket are an event, and the chosen one. */
static ssize_t pass(int fd, const char *kind, ssize_t count) {
    if (count > 0 && is_internet(fd)) finish(is_chosen(kind, "socket"));
    return count;
}

ssize_t send(int fd, const void *bytes, size_t count, int flags) {
    return pass(fd, "send", syscall(SYS_sendto, fd, bytes, count, flags, NULL, 0));
}
ssize_t sendto(int fd, const void *bytes, size_t count, int flags, const struct sockaddr *to, socklen_t size) {
    return pass(fd, "send", syscall(SYS_sendto, fd, bytes, count, flags, to, size));
}
ssize_t sendmsg(int fd, const struct msghdr *message, int flags) {
    return pass(fd, "send", syscall(SYS_sendmsg, fd, message, flags));
}
ssize_t writev(int fd, const struct iovec *parts, int count) {
    return pass(fd, "send", syscall(SYS_writev, fd, parts, count));
}
ssize_t recv(int fd, void *bytes, size_t count, int flags) {
    return pass(fd, "recv", syscall(SYS_recvfrom, fd, bytes, count, flags, NULL, NULL));
}
ssize_t recvfrom(int fd, void *bytes, size_t count, int flags, struct sockaddr *from, socklen_t *size) {
    return pass(fd, "recv", syscall(SYS_recvfrom, fd, bytes, count, flags, from, size));
}
