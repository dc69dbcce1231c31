/* SPDX-License-Identifier: MIT */
/* The address behind the name of a host. */
#ifndef HOST_LOOKUP_H
#define HOST_LOOKUP_H

#include "base/address.h"

enum host_found {
    HOST_FOUND,
    HOST_UNKNOWN, /* nobody is called so */
    HOST_TROUBLE  /* it could not be asked for, now or here */
};

/* Look host up, a name or a numeric address, and write into ip the address at
   which a client is to connect to that port: of this machine's own the first at
   which something listens, if there is one. Unless it is found, why says in one
   line what getaddrinfo(3) says. */
enum host_found host_lookup(const char *host, int port, char ip[ADDRESS_TEXT],
                            char *why, size_t size);

#endif
