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

/** Rows with others nested in them: a row, or several in a list. */
type Some<Item> = Item | Item[];
type Of<Table, Key> = Key extends keyof Table ? Table[Key] : never;
type New<Table> = Partial<Of<Table, "Insert">>;
type Which<Table> = Partial<Of<Table, "Row">>;
type Changed<Table> = Of<Table, "Update">;
type Found<Table> = { where: Which<Table>; create: New<Table> };
export type InsertOne<Table> = {
  create?: New<Table>;
  connect?: Which<Table>;
  connectOrCreate?: Found<Table>;
};
export type InsertMany<Table> = {
  create?: Some<New<Table>>;
  connect?: Some<Which<Table>>;
  connectOrCreate?: Some<Found<Table>>;
};
export type UpdateOne<Table> = InsertOne<Table> & {
  disconnect?: boolean;
  update?: Changed<Table>;
  upsert?: { create: New<Table>; update: Changed<Table> };
  delete?: boolean;
};
export type UpdateMany<Table> = InsertMany<Table> & {
  disconnect?: Some<Which<Table>>;
  set?: Some<Which<Table>>;
  update?: Some<{ where: Which<Table>; data: Changed<Table> }>;
  upsert?: Some<Found<Table> & { update: Changed<Table> }>;
  delete?: Some<Which<Table>>;
  updateMany?: Some<{ where: Which<Table>; data: Changed<Table> }>;
  deleteMany?: Some<Which<Table>>;
};
type InsertOf<Way> = Way extends { one: infer Table }
  ? InsertOne<Table>
  : Way extends { many: infer Table }
    ? InsertMany<Table>
    : never;
type UpdateOf<Way> = Way extends { one: infer Table }
  ? UpdateOne<Table>
  : Way extends { many: infer Table }
    ? UpdateMany<Table>
    : never;
/** All columns that it must have; or relations, of which some may follow. */
type Inserts<Columns, Related> =
  | (Columns & { [Way in keyof Related]?: never })
  | {
      [One in keyof Related]: Partial<Columns> & {
        [Way in One]: InsertOf<Related[Way]>;
      } & { [Way in Exclude<keyof Related, One>]?: InsertOf<Related[Way]> };
    }[keyof Related];
type Nests<Related> = { [Way in keyof Related]?: UpdateOf<Related[Way]> };

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
        Insert: Inserts<{
          id?: string;
          /** What its address on the web begins with. */
          slug: string;
          name: string;
          plan?: Database["public"]["Enums"]["Plan"];
          created_at?: string;
        }, Database["public"]["Tables"]["organizations"]["Related"]>;
        Update: Changes<{
          id?: string;
          /** What its address on the web begins with. */
          slug?: string;
          name?: string;
          plan?: Database["public"]["Enums"]["Plan"];
          created_at?: string;
        }> & Nests<Database["public"]["Tables"]["organizations"]["Related"]>;
        Related: {
          people: { many: Database["public"]["Tables"]["people"] };
          projects: { many: Database["public"]["Tables"]["projects"] };
          labels: { many: Database["public"]["Tables"]["labels"] };
        };
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
        Insert: Inserts<{
          id?: string;
          organization_id: string;
          email: string;
          name: string;
          title?: string | null;
          role?: Database["public"]["Enums"]["PersonRole"];
          is_active?: boolean;
          preferences?: Json | null;
          created_at?: string;
        }, Database["public"]["Tables"]["people"]["Related"]>;
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
        }> & Nests<Database["public"]["Tables"]["people"]["Related"]>;
        Related: {
          organization: { one: Database["public"]["Tables"]["organizations"] };
          ledProjects: { many: Database["public"]["Tables"]["projects"] };
          createdTasks: { many: Database["public"]["Tables"]["tasks"] };
          assignedTasks: { many: Database["public"]["Tables"]["tasks"] };
          comments: { many: Database["public"]["Tables"]["comments"] };
        };
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
        Insert: Inserts<{
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
        }, Database["public"]["Tables"]["projects"]["Related"]>;
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
        }> & Nests<Database["public"]["Tables"]["projects"]["Related"]>;
        Related: {
          organization: { one: Database["public"]["Tables"]["organizations"] };
          lead: { one: Database["public"]["Tables"]["people"] };
          tasks: { many: Database["public"]["Tables"]["tasks"] };
        };
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
        Insert: Inserts<{
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
        }, Database["public"]["Tables"]["tasks"]["Related"]>;
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
        }> & Nests<Database["public"]["Tables"]["tasks"]["Related"]>;
        Related: {
          project: { one: Database["public"]["Tables"]["projects"] };
          creator: { one: Database["public"]["Tables"]["people"] };
          assignee: { one: Database["public"]["Tables"]["people"] };
          parent: { one: Database["public"]["Tables"]["tasks"] };
          subtasks: { many: Database["public"]["Tables"]["tasks"] };
          task_labels_task_id_fkey: { many: Database["public"]["Tables"]["task_labels"] };
          comments: { many: Database["public"]["Tables"]["comments"] };
        };
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
        Insert: Inserts<{
          id?: string;
          organization_id: string;
          name: string;
          color?: string;
        }, Database["public"]["Tables"]["labels"]["Related"]>;
        Update: Changes<{
          id?: string;
          organization_id?: string;
          name?: string;
          color?: string;
        }> & Nests<Database["public"]["Tables"]["labels"]["Related"]>;
        Related: {
          organization: { one: Database["public"]["Tables"]["organizations"] };
          task_labels_label_id_fkey: { many: Database["public"]["Tables"]["task_labels"] };
        };
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
        Insert: Inserts<{
          task_id: number;
          label_id: string;
        }, Database["public"]["Tables"]["task_labels"]["Related"]>;
        Update: Changes<{
          task_id?: number;
          label_id?: string;
        }> & Nests<Database["public"]["Tables"]["task_labels"]["Related"]>;
        Related: {
          task: { one: Database["public"]["Tables"]["tasks"] };
          label: { one: Database["public"]["Tables"]["labels"] };
        };
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
        Insert: Inserts<{
          id?: string;
          task_id: number;
          author_id: string;
          body: string;
          created_at?: string;
        }, Database["public"]["Tables"]["comments"]["Related"]>;
        Update: Changes<{
          id?: string;
          task_id?: number;
          author_id?: string;
          body?: string;
          created_at?: string;
        }> & Nests<Database["public"]["Tables"]["comments"]["Related"]>;
        Related: {
          task: { one: Database["public"]["Tables"]["tasks"] };
          author: { one: Database["public"]["Tables"]["people"] };
        };
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
