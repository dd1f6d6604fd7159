import { createClient } from '@supabase/supabase-js'

export { createClient }

/** The official client, as an application creates it. */
export function connect(server) {
  return createClient(server.url, 'any-key-is-accepted', {
    auth: { persistSession: false, autoRefreshToken: false },
  })
}
