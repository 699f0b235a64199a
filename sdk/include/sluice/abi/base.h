/* SPDX-License-Identifier: Apache-2.0
 *
 * Primitives of the plugin ABI: status, strings, bytes, and the rules that every header here keeps.
 *
 * Structs are of two kinds, named above each definition:
 *   [frozen]    fixed for the life of this ABI major; embedded by value and in plain arrays.
 *   [growable]  starts with `struct_size` (whoever fills it sets sizeof), or is an element of an
 *               array that carries a stride. Grows at its end only. Either side accepts a larger
 *               struct (the tail is ignored) and a smaller one (what is missing counts as zero).
 *               Whoever fills a growable struct allocated it.
 *
 * Lifetimes are three: borrowed for the length of the call (the default, wherever nothing else is
 * said), reference-counted (`sluice_batch`), static until the process ends (descriptors, tables).
 * Nobody frees the other side's memory.
 *
 * Threads, named at each function:
 *   [task]     serial per task, never at the same time as another [task] call of that task
 *   [control]  serial per connector object
 *   [any]      any thread, concurrently, and must not block
 *
 * A function pointer marked "required" must not be NULL; all others may be. No exception, longjmp
 * or unwinding may cross a call in either direction.
 */
#ifndef SLUICE_ABI_BASE_H
#define SLUICE_ABI_BASE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The major is part of the entry symbol's name. While it is 0 host and plugin must have the same
 * minor; from 1 on the minor is for people, and capability is read from struct sizes. */
#define SLUICE_ABI_MAJOR 0
#define SLUICE_ABI_MINOR 1

#if defined(_WIN32)
#define SLUICE_EXPORT __declspec(dllexport)
#else
#define SLUICE_EXPORT __attribute__((visibility("default")))
#endif

#ifdef __cplusplus
#define SLUICE_STATIC_ASSERT(condition, name) static_assert(condition, #name)
#else
#define SLUICE_STATIC_ASSERT(condition, name)                                                      \
  typedef char sluice_assert_##name[(condition) ? 1 : -1]
#endif

SLUICE_STATIC_ASSERT(sizeof(void *) == 8 && sizeof(size_t) == 8, abi_is_for_64_bit_targets);

/* Size of T up to the end of its member f. */
#define SLUICE_END(T, f) (offsetof(T, f) + sizeof(((T *)0)->f))
/* Does *p, which may come from an older or newer header, hold the member f at all? */
#define SLUICE_COVERS(T, p, f) ((p)->struct_size >= SLUICE_END(T, f))
/* Does *p hold the pointer or function pointer f, and is it set? */
#define SLUICE_HAS(T, p, f) (SLUICE_COVERS(T, p, f) && (p)->f != NULL)
/* Element i of an array of growable structs. */
#define SLUICE_AT(T, array, stride, i)                                                             \
  ((const T *)(const void *)((const unsigned char *)(array) + (size_t)(i) * (stride)))

/* What a call tells the host to do next. A value that is not listed counts as SLUICE_E_FATAL, and
 * the host logs it as a fault of the plugin. */
typedef int32_t sluice_status;
enum {
  SLUICE_OK = 0,
  SLUICE_E_FATAL = 1,       /* the task or connector fails */
  SLUICE_E_RETRY = 2,       /* the same call may succeed later */
  SLUICE_E_CONFIG = 3,      /* the configuration is wrong; fails, and a person must change it */
  SLUICE_E_DATA = 4,        /* a record is bad; obeys errors.tolerance where the call allows it */
  SLUICE_E_CANCELLED = 5,   /* the call ended early because of cancel(); not a failure */
  SLUICE_E_UNSUPPORTED = 6, /* this side does not offer that */
  SLUICE_E_INTERNAL = 7     /* an exception or panic was caught at the border */
};

/* [frozen] UTF-8 text, not NUL-terminated. ptr == NULL is "absent"; empty text has a pointer. */
typedef struct sluice_str {
  const char *ptr;
  size_t len;
} sluice_str;

/* [frozen] ptr == NULL is Kafka's null; empty bytes have a pointer. */
typedef struct sluice_bytes {
  const uint8_t *ptr;
  size_t len;
} sluice_bytes;

/* [frozen] One entry of a configuration, or a machine-readable detail. */
typedef struct sluice_kv {
  sluice_str key;
  sluice_str value;
} sluice_kv;

/* [frozen] A topic partition with an offset, where the call has a use for one (else -1). */
typedef struct sluice_tp {
  sluice_str topic;
  int32_t partition;
  uint32_t reserved; /* zero */
  int64_t offset;
} sluice_tp;

SLUICE_STATIC_ASSERT(sizeof(sluice_str) == 16, str_is_frozen);
SLUICE_STATIC_ASSERT(sizeof(sluice_bytes) == 16, bytes_is_frozen);
SLUICE_STATIC_ASSERT(sizeof(sluice_kv) == 32, kv_is_frozen);
SLUICE_STATIC_ASSERT(sizeof(sluice_tp) == 32, tp_is_frozen);

/* Opaque, owned by the host.
 * sluice_ctx    one connector object or one task; valid from create until destroy returns
 * sluice_error  where a failing call puts its message; valid for the call; may be NULL
 * sluice_batch  the reference count behind a sink batch
 * sluice_schema an interned schema. One that a ctx made with the builder lives as long as the ctx,
 *               one that came with a record as long as the record's batch. Within a batch equal
 *               schemas are the same pointer. Later batches mostly have the same pointers again,
 *               but not for ever: whoever remembers schemas knows them again by their id */
typedef struct sluice_ctx sluice_ctx;
typedef struct sluice_error sluice_error;
typedef struct sluice_batch sluice_batch;
typedef struct sluice_schema sluice_schema;

#ifdef __cplusplus
}
#endif
#endif
