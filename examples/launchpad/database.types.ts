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
      /** A company or a team that plans its work here. */
      organizations: {
        Row: {
          id: string;
          /** What its address on the web begins with. */
          slug: string;
          name: string;
          plan: Database["public"]["Enums"]["Plan"];
          created_at: string;
        };
        Insert: {
          id?: string;
          /** What its address on the web begins with. */
          slug: string;
          name: string;
          plan?: Database["public"]["Enums"]["Plan"];
          created_at?: string;
        };
        Update: Changes<{
          id?: string;
          /** What its address on the web begins with. */
          slug?: string;
          name?: string;
          plan?: Database["public"]["Enums"]["Plan"];
          created_at?: string;
        }>;
        Relationships: [];
      };
      /** Somebody who works for one organization. */
      people: {
        Row: {
          id: string;
          organization_id: string;
          email: string;
          name: string;
          title: string | null;
          role: Database["public"]["Enums"]["PersonRole"];
          is_active: boolean;
          preferences: Json | null;
          created_at: string;
        };
        Insert: {
          id?: string;
          organization_id: string;
          email: string;
          name: string;
          title?: string | null;
          role?: Database["public"]["Enums"]["PersonRole"];
          is_active?: boolean;
          preferences?: Json | null;
          created_at?: string;
        };
        Update: Changes<{
          id?: string;
          organization_id?: string;
          email?: string;
          name?: string;
          title?: string | null;
          role?: Database["public"]["Enums"]["PersonRole"];
          is_active?: boolean;
          preferences?: Json | null;
          created_at?: string;
        }>;
        Relationships: [
          {
            foreignKeyName: "people_organization_id_fkey";
            columns: ["organization_id"];
            isOneToOne: false;
            referencedRelation: "organizations";
            referencedColumns: ["id"];
          },
        ];
      };
      /** A piece of work with an end. */
      projects: {
        Row: {
          id: string;
          organization_id: string;
          /** The first half of its tasks' names, as in "WEB-128". */
          key: string;
          name: string;
          description: string | null;
          status: Database["public"]["Enums"]["ProjectStatus"];
          lead_id: string | null;
          budget: number | null;
          starts_at: string | null;
          created_at: string;
          updated_at: string;
        };
        Insert: {
          id?: string;
          organization_id: string;
          /** The first half of its tasks' names, as in "WEB-128". */
          key: string;
          name: string;
          description?: string | null;
          status?: Database["public"]["Enums"]["ProjectStatus"];
          lead_id?: string | null;
          budget?: number | null;
          starts_at?: string | null;
          created_at?: string;
          updated_at?: string;
        };
        Update: Changes<{
          id?: string;
          organization_id?: string;
          /** The first half of its tasks' names, as in "WEB-128". */
          key?: string;
          name?: string;
          description?: string | null;
          status?: Database["public"]["Enums"]["ProjectStatus"];
          lead_id?: string | null;
          budget?: number | null;
          starts_at?: string | null;
          created_at?: string;
          updated_at?: string;
        }>;
        Relationships: [
          {
            foreignKeyName: "projects_organization_id_fkey";
            columns: ["organization_id"];
            isOneToOne: false;
            referencedRelation: "organizations";
            referencedColumns: ["id"];
          },
          {
            foreignKeyName: "projects_lead_id_fkey";
            columns: ["lead_id"];
            isOneToOne: false;
            referencedRelation: "people";
            referencedColumns: ["id"];
          },
        ];
      };
      /** Something to do. A large one has subtasks. */
      tasks: {
        Row: {
          id: number;
          project_id: string;
          /** Counts within the project. */
          number: number;
          title: string;
          description: string | null;
          status: Database["public"]["Enums"]["TaskStatus"];
          priority: Database["public"]["Enums"]["Priority"];
          creator_id: string;
          assignee_id: string | null;
          parent_id: number | null;
          estimate_hours: number | null;
          due_at: string | null;
          completed_at: string | null;
          created_at: string;
          updated_at: string;
        };
        Insert: {
          id?: number;
          project_id: string;
          /** Counts within the project. */
          number: number;
          title: string;
          description?: string | null;
          status?: Database["public"]["Enums"]["TaskStatus"];
          priority?: Database["public"]["Enums"]["Priority"];
          creator_id: string;
          assignee_id?: string | null;
          parent_id?: number | null;
          estimate_hours?: number | null;
          due_at?: string | null;
          completed_at?: string | null;
          created_at?: string;
          updated_at?: string;
        };
        Update: Changes<{
          id?: number;
          project_id?: string;
          /** Counts within the project. */
          number?: number;
          title?: string;
          description?: string | null;
          status?: Database["public"]["Enums"]["TaskStatus"];
          priority?: Database["public"]["Enums"]["Priority"];
          creator_id?: string;
          assignee_id?: string | null;
          parent_id?: number | null;
          estimate_hours?: number | null;
          due_at?: string | null;
          completed_at?: string | null;
          created_at?: string;
          updated_at?: string;
        }>;
        Relationships: [
          {
            foreignKeyName: "tasks_project_id_fkey";
            columns: ["project_id"];
            isOneToOne: false;
            referencedRelation: "projects";
            referencedColumns: ["id"];
          },
          {
            foreignKeyName: "tasks_creator_id_fkey";
            columns: ["creator_id"];
            isOneToOne: false;
            referencedRelation: "people";
            referencedColumns: ["id"];
          },
          {
            foreignKeyName: "tasks_assignee_id_fkey";
            columns: ["assignee_id"];
            isOneToOne: false;
            referencedRelation: "people";
            referencedColumns: ["id"];
          },
          {
            foreignKeyName: "tasks_parent_id_fkey";
            columns: ["parent_id"];
            isOneToOne: false;
            referencedRelation: "tasks";
            referencedColumns: ["id"];
          },
        ];
      };
      /** A coloured word to find tasks by. */
      labels: {
        Row: {
          id: string;
          organization_id: string;
          name: string;
          color: string;
        };
        Insert: {
          id?: string;
          organization_id: string;
          name: string;
          color?: string;
        };
        Update: Changes<{
          id?: string;
          organization_id?: string;
          name?: string;
          color?: string;
        }>;
        Relationships: [
          {
            foreignKeyName: "labels_organization_id_fkey";
            columns: ["organization_id"];
            isOneToOne: false;
            referencedRelation: "organizations";
            referencedColumns: ["id"];
          },
        ];
      };
      /** That a task carries a label. */
      task_labels: {
        Row: {
          task_id: number;
          label_id: string;
        };
        Insert: {
          task_id: number;
          label_id: string;
        };
        Update: Changes<{
          task_id?: number;
          label_id?: string;
        }>;
        Relationships: [
          {
            foreignKeyName: "task_labels_task_id_fkey";
            columns: ["task_id"];
            isOneToOne: false;
            referencedRelation: "tasks";
            referencedColumns: ["id"];
          },
          {
            foreignKeyName: "task_labels_label_id_fkey";
            columns: ["label_id"];
            isOneToOne: false;
            referencedRelation: "labels";
            referencedColumns: ["id"];
          },
        ];
      };
      /** What somebody had to say about a task. */
      comments: {
        Row: {
          id: string;
          task_id: number;
          author_id: string;
          body: string;
          created_at: string;
        };
        Insert: {
          id?: string;
          task_id: number;
          author_id: string;
          body: string;
          created_at?: string;
        };
        Update: Changes<{
          id?: string;
          task_id?: number;
          author_id?: string;
          body?: string;
          created_at?: string;
        }>;
        Relationships: [
          {
            foreignKeyName: "comments_task_id_fkey";
            columns: ["task_id"];
            isOneToOne: false;
            referencedRelation: "tasks";
            referencedColumns: ["id"];
          },
          {
            foreignKeyName: "comments_author_id_fkey";
            columns: ["author_id"];
            isOneToOne: false;
            referencedRelation: "people";
            referencedColumns: ["id"];
          },
        ];
      };
    };
    Views: Record<never, never>;
    Functions: {
      /** How many tasks a project has of each status. */
      count_tasks: {
        Args: {
          project: string;
        };
        Returns: Database["public"]["CompositeTypes"]["StatusCount"][];
      };
    };
    Enums: {
      Plan: "FREE" | "TEAM" | "BUSINESS";
      PersonRole: "OWNER" | "MANAGER" | "MEMBER" | "GUEST";
      ProjectStatus: "PLANNED" | "ACTIVE" | "PAUSED" | "DONE";
      TaskStatus:
        | "BACKLOG"
        | "TODO"
        | "IN_PROGRESS"
        | "IN_REVIEW"
        | "DONE"
        | "CANCELLED";
      Priority: "LOW" | "MEDIUM" | "HIGH" | "URGENT";
    };
    CompositeTypes: {
      StatusCount: {
        status: Database["public"]["Enums"]["TaskStatus"];
        count: number;
      };
    };
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
