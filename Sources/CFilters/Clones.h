#ifndef BURNISH_CLONES_H
#define BURNISH_CLONES_H

#include <string.h>  // says which C library this is

// One version for each width of vectors, chosen by the dynamic linker (an ifunc, which glibc has and musl has not). On ARM
// the vectors that every machine has are all there are to choose from.
#if defined(__x86_64__) && defined(__linux__) && defined(__GLIBC__)
#define BURNISH_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define BURNISH_CLONES
#endif

#endif
