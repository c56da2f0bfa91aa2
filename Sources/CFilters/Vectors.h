#ifndef BURNISH_VECTORS_H
#define BURNISH_VECTORS_H

#include <stddef.h>
#include <stdint.h>

#define ALWAYS_INLINE static inline __attribute__((always_inline))

// Eight numbers: one register of the widest machines, several of the others. What takes or answers them is a macro: how
// functions pass vectors depends on the machine.
typedef double numbers __attribute__((vector_size(64)));
typedef double numbers_anywhere __attribute__((vector_size(64), aligned(8)));
typedef float singles __attribute__((vector_size(32)));
typedef int64_t integers __attribute__((vector_size(64)));

enum { LANES = 8 };

#define LOAD(place) (*(const numbers_anywhere *) (place))
#define STORE(place, value) (*(numbers_anywhere *) (place) = (value))

/// The nearest single-precision numbers.
#define ROUNDED(x) __builtin_convertvector(__builtin_convertvector(x, singles), numbers)

#define TOTAL(sum, x) \
  for (int lane = 0; lane < LANES; lane++) (sum) += (x)[lane];

#endif
