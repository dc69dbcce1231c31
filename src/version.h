/* SPDX-License-Identifier: MIT */
#ifndef ECHO64_VERSION_H
#define ECHO64_VERSION_H

#define ECHO64_VERSION "1.0.0"

#endif
