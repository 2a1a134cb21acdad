// Version of the library, for the preprocessor and for people.
#pragma once

#define INTACT_VERSION_MAJOR 0
#define INTACT_VERSION_MINOR 1
#define INTACT_VERSION_PATCH 0

/// One number that grows with every release: 10000 * major + 100 * minor + patch.
#define INTACT_VERSION \
    (INTACT_VERSION_MAJOR * 10000 + INTACT_VERSION_MINOR * 100 + INTACT_VERSION_PATCH)
