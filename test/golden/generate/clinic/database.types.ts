// Made by `tenon generate typescript` from the schema file: change that
// one, and have this one made anew.

export type Json =
  | string
  | number
  | boolean
  | null
  | { [key: string]: Json | undefined }
  | Json[];

/** In an update, what becomes of the value that a column has. */
export type Operator<Value> =
  | { set: Value }
  | (null extends Value ? { unset: true } : never)
  | ([NonNullable<Value>] extends [number] ? Arithmetic : never)
  | ([NonNullable<Value>] extends [(infer Item)[]]
      ? { push: Item | Item[] }
      : never);
type Arithmetic =
  | { increment: number }
  | { decrement: number }
  | { multiply: number }
  | { divide: number };
type Changes<Row> = {
  [Column in keyof Row]:
    | Row[Column]
    | Operator<Exclude<Row[Column], undefined>>;
};

/** For `createClient<Database>()` of @supabase/supabase-js. */
export type Database = {
  __InternalSupabase: {
    PostgrestVersion: "14";
  };
  public: {
    Tables: {
      /** Somebody who comes to us. */
      patients: {
        Row: {
          country: string;
          number: number;
          name: string;
          "by-country": string | null;
          "by-number": number | null;
        };
        Insert: {
          country: string;
          number: number;
          name: string;
          "by-country"?: string | null;
          "by-number"?: number | null;
        };
        Update: Changes<{
          country?: string;
          number?: number;
          name?: string;
          "by-country"?: string | null;
          "by-number"?: number | null;
        }>;
        Relationships: [
          {
            foreignKeyName: "patients_by-country_by-number_fkey";
            columns: ["by-country", "by-number"];
            isOneToOne: false;
            referencedRelation: "patients";
            referencedColumns: ["country", "number"];
          },
        ];
      };
      files: {
        Row: {
          country: string;
          number: number;
          "the \"whole\" text: ü 日本": string;
          "2nd": Database["public"]["Enums"]["mood of somebody"] | null;
        };
        Insert: {
          country: string;
          number: number;
          "the \"whole\" text: ü 日本": string;
          "2nd"?: Database["public"]["Enums"]["mood of somebody"] | null;
        };
        Update: Changes<{
          country?: string;
          number?: number;
          "the \"whole\" text: ü 日本"?: string;
          "2nd"?: Database["public"]["Enums"]["mood of somebody"] | null;
        }>;
        Relationships: [
          {
            foreignKeyName: "files_country_number_fkey";
            columns: ["country", "number"];
            isOneToOne: true;
            referencedRelation: "patients";
            referencedColumns: ["country", "number"];
          },
        ];
      };
    };
    Views: {
      "patient visits": {
        Row: {
          country: string;
          number: number;
          visits: number | null;
        };
        Relationships: [];
      };
    };
    Functions: {
      visits_in: {
        Args: {
          room: number;
          state?: Database["front desk"]["Enums"]["State"];
        };
        Returns: Database["front desk"]["Tables"]["visits"]["Row"][];
      };
    };
    Enums: {
      "mood of somebody":
        | "good, \"really\" good"
        | "\\bad\\"
        | "not known to anybody in this house";
    };
    CompositeTypes: Record<never, never>;
  };
  "front desk": {
    Tables: {
      visits: {
        Row: {
          id: number;
          country: string;
          number: number;
          room: number;
          next: number | null;
          state: Database["front desk"]["Enums"]["State"];
          at: string;
        };
        Insert: {
          id?: number;
          country: string;
          number: number;
          room: number;
          next?: number | null;
          state: Database["front desk"]["Enums"]["State"];
          at?: string;
        };
        Update: Changes<{
          id?: number;
          country?: string;
          number?: number;
          room?: number;
          next?: number | null;
          state?: Database["front desk"]["Enums"]["State"];
          at?: string;
        }>;
        Relationships: [
          {
            foreignKeyName: "visits_room_fkey";
            columns: ["room"];
            isOneToOne: false;
            referencedRelation: "rooms";
            referencedColumns: ["number"];
          },
          {
            foreignKeyName: "visits_next_fkey";
            columns: ["next"];
            isOneToOne: true;
            referencedRelation: "visits";
            referencedColumns: ["id"];
          },
        ];
      };
      rooms: {
        Row: {
          number: number;
        };
        Insert: {
          number: number;
        };
        Update: Changes<{
          number?: number;
        }>;
        Relationships: [];
      };
    };
    Views: Record<never, never>;
    Functions: Record<never, never>;
    Enums: {
      /**
       * How far a visit is.
       * - `PLANNED`: It has a date.
       * - `HERE`: Somebody
       * is there.
       */
      State: "PLANNED" | "HERE" | "OVER";
    };
    CompositeTypes: Record<never, never>;
  };
};

type Schemas = Omit<Database, "__InternalSupabase">;
type DefaultSchema = Schemas["public"];
type Elsewhere = { schema: keyof Schemas };
type Schema<Place> = Place extends Elsewhere
  ? Schemas[Place["schema"]]
  : DefaultSchema;
type Name<Place, Given> = Place extends Elsewhere ? Given : Place;
type At<All, Key> = Key extends keyof All ? All[Key] : never;
type Relations<Place> = Schema<Place>["Tables"] & Schema<Place>["Views"];

/** A row as it is read: `Tables<"name">`, `Tables<{ schema: "x" }, "name">`. */
export type Tables<
  Place extends keyof Relations<unknown> | Elsewhere,
  Given extends keyof Relations<Place> = never,
> = At<At<Relations<Place>, Name<Place, Given>>, "Row">;

/** A row as it is sent to be inserted. */
export type TablesInsert<
  Place extends keyof DefaultSchema["Tables"] | Elsewhere,
  Given extends keyof Schema<Place>["Tables"] = never,
> = At<At<Schema<Place>["Tables"], Name<Place, Given>>, "Insert">;

/** What an update may send. */
export type TablesUpdate<
  Place extends keyof DefaultSchema["Tables"] | Elsewhere,
  Given extends keyof Schema<Place>["Tables"] = never,
> = At<At<Schema<Place>["Tables"], Name<Place, Given>>, "Update">;

/** One of the values of an enum. */
export type Enums<
  Place extends keyof DefaultSchema["Enums"] | Elsewhere,
  Given extends keyof Schema<Place>["Enums"] = never,
> = At<Schema<Place>["Enums"], Name<Place, Given>>;

/** A row of a type that functions give back. */
export type CompositeTypes<
  Place extends keyof DefaultSchema["CompositeTypes"] | Elsewhere,
  Given extends keyof Schema<Place>["CompositeTypes"] = never,
> = At<Schema<Place>["CompositeTypes"], Name<Place, Given>>;
